// The catalogue: which types there are, for those who send and those who receive.
import { useState } from "preact/hooks";
import { go, param } from "../address.ts";
import { api, type PageOf, pageOf, type Schemas } from "../api.ts";
import { visible } from "../payload/visible.tsx";
import { useRead } from "../query.ts";
import { mayWrite } from "../session.ts";
import { pageSize, refreshSeconds } from "../settings.ts";
import { A } from "../ui/A.tsx";
import { Icon } from "../ui/Icon.tsx";
import { type Column, List } from "../ui/List.tsx";
import { Page } from "../ui/Page.tsx";
import { Badge } from "../ui/StatusBadge.tsx";
import { Empty } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";
import { EventTabs } from "./events/EventTabs.tsx";
import { TypeForm } from "./events/TypeForm.tsx";

type Row = Schemas["EventTypeEntry"];

const columns: Column<Row>[] = [
  {
    head: "Name",
    class: "tight",
    cell: (row) => (
      <>
        <A to={`/event-types/${encodeURIComponent(row.name)}`}>
          <code>{visible(row.name)}</code>
        </A>{" "}
        {row.deprecated && (
          <Badge tone="warn" icon="warn">
            Deprecated
          </Badge>
        )}
      </>
    ),
  },
  {
    head: "Description",
    class: "wide",
    cell: (row) => (row.description ? visible(row.description) : <span class="nothing">none</span>),
  },
  { head: "Schema", class: "tight", cell: (row) => (row.schema ? "yes" : <span class="nothing">none</span>) },
  { head: "Changed", class: "tight", cell: (row) => <Time at={row.updated_at} how="relative" /> },
];

export function EventTypes() {
  const [making, setMaking] = useState(false);
  const cursor = param("cursor");
  const query = { limit: Math.min(Number(pageSize.value), 100), ...(cursor ? { cursor } : {}) };
  const read = useRead(
    `event-types/list?${JSON.stringify(query)}`,
    async (signal): Promise<PageOf<Row>> => pageOf(await api.GET("/v1/event-types", { params: { query }, signal })),
    { refresh: refreshSeconds(), keep: true },
  );
  const add = (words: string) => (
    <button type="button" class="primary" disabled={!mayWrite()} onClick={() => setMaking(true)}>
      <Icon name="plus" /> {words}
    </button>
  );
  return (
    <Page title="Event types" lead="What each type is, and the shape of its payloads." actions={add("New event type")}>
      <EventTabs at="types" />
      <List
        read={read}
        columns={columns}
        rowKey={(row) => row.name}
        caption="Event types, by name"
        empty={
          <Empty title="The catalogue is empty" icon="event">
            <p>
              Events of any type may be sent without it, but for where the sidecar takes only those that stand here. It
              tells whoever writes a receiver what comes, and checks payloads where that is switched on.
            </p>
            {add("Add the first type")}
          </Empty>
        }
      />
      {making && (
        <TypeForm onClose={() => setMaking(false)} onDone={(name) => go(`/event-types/${encodeURIComponent(name)}`)} />
      )}
    </Page>
  );
}
