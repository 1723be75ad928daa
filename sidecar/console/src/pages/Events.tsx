// What was sent, whoever wanted it.
import { useState } from "preact/hooks";
import { param, patchQuery } from "../address.ts";
import { api, type PageOf, pageOf, type Schemas } from "../api.ts";
import { visible } from "../payload/visible.tsx";
import { type Read, useRead } from "../query.ts";
import { maySend } from "../session.ts";
import { pageSize, refreshSeconds } from "../settings.ts";
import { A } from "../ui/A.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Id } from "../ui/Id.tsx";
import { type Column, List } from "../ui/List.tsx";
import { Page } from "../ui/Page.tsx";
import { Empty, Failure } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";
import { Typed } from "../ui/Typed.tsx";
import { forField, fromField } from "../when.ts";
import { count, size } from "../words.ts";
import { EventTabs } from "./events/EventTabs.tsx";
import { SendEvent } from "./events/SendEvent.tsx";
import { useSearch } from "./message/search.ts";

type Row = Schemas["EventRecord"];

const names = ["type", "tenant", "from", "to"] as const;
const dropped = () => patchQuery(Object.fromEntries([...names, "cursor"].map((name) => [name, null])));

export function Events() {
  const [sending, setSending] = useState(false);
  const [type, tenant, from, to] = names.map(param);
  const cursor = param("cursor");
  const limit = Number(pageSize.value);
  const query = {
    ...(type ? { type } : {}),
    ...(tenant ? { tenant } : {}),
    ...(from ? { start_time: from } : {}),
    ...(to ? { end_time: to } : {}),
  };
  const filtered = Object.keys(query).length > 0;
  const readPage = async (at: string | null, signal: AbortSignal): Promise<PageOf<Row>> =>
    pageOf<Row>(
      await api.GET("/v1/events/search", {
        params: { query: { ...query, limit, ...(at ? { cursor: at } : {}) } },
        signal,
      }),
    );
  const key = `events/list?${JSON.stringify([query, cursor, limit])}`;
  const read = useRead(key, (signal) => readPage(cursor, signal), {
    keep: true,
    refresh: cursor ? 0 : refreshSeconds(),
  });
  const { search, ...searching } = useSearch(key, read.data, limit, readPage);
  const first = read.data;
  const all: Read<PageOf<Row>> =
    first && search
      ? { ...read, data: { ...first, items: [...first.items, ...search.found], nextCursor: search.cursor } }
      : read;
  // A page of a filter looks at a part of the events and may have found few.
  const short = all.data?.nextCursor && (searching.running || all.data.items.length < limit);
  const shown = short && all.data ? { ...all, data: { ...all.data, searchedTo: "further" } } : all;

  const columns: Column<Row>[] = [
    {
      head: "Type",
      class: "wide",
      cell: (row) => (
        <A to={`/events/${row.event_id}`}>
          <code>{visible(row.type)}</code>
        </A>
      ),
    },
    {
      head: "Tenant",
      class: "name",
      cell: (row) => (row.tenant ? <span class="clip">{visible(row.tenant)}</span> : <span class="nothing">–</span>),
    },
    { head: "Matched", class: "num", cell: (row) => count(row.matched) },
    { head: "Size", class: "num", cell: (row) => size(row.size_bytes) },
    { head: "Event", class: "tight", cell: (row) => <Id kind="event" id={row.event_id} short /> },
    { head: "Accepted", class: "tight", cell: (row) => <Time at={row.created_at} how="relative" /> },
  ];

  return (
    <Page
      title="Events"
      lead="What was sent by its type; each endpoint that wants it gets a message of its own."
      actions={
        <button type="button" class="primary" disabled={!maySend.value} onClick={() => setSending(true)}>
          <Icon name="send" /> Send an event
        </button>
      }
    >
      <EventTabs at="events" />
      <Filters />
      <List
        read={shown}
        columns={columns}
        rowKey={(row) => row.event_id}
        caption="Events, newest first"
        filtered={filtered}
        after={
          short && (
            <div class="searching">
              <span role="status">
                {all.data?.items.length ? `${count(all.data.items.length)} found so far.` : "None found so far."} Older
                events are not looked at yet.
              </span>
              {searching.running ? (
                <button type="button" class="small" onClick={searching.stop}>
                  Stop
                </button>
              ) : (
                <button type="button" class="small" onClick={() => void searching.goOn()}>
                  Load more
                </button>
              )}
            </div>
          )
        }
        noMatch={
          <Empty title="No event matches" icon="filter">
            <button type="button" onClick={dropped}>
              Drop the filter
            </button>
          </Empty>
        }
        empty={
          <Empty title="No event yet" icon="event">
            <p>
              An event is sent by its type, without naming an endpoint: it goes to every endpoint that wants it. An
              endpoint says what it wants on its page, under Subscription.
            </p>
            <button type="button" class="primary" disabled={!maySend.value} onClick={() => setSending(true)}>
              <Icon name="send" /> Send the first one
            </button>
          </Empty>
        }
      />
      {searching.error && <Failure error={searching.error} retry={() => void searching.goOn()} />}
      {sending && <SendEvent onClose={() => setSending(false)} />}
    </Page>
  );
}

function Filters() {
  const change = (changes: Record<string, string | null>) => patchQuery({ ...changes, cursor: null });
  return (
    <div class="filterline">
      {(
        [
          ["Type", "type", "order.created"],
          ["Tenant", "tenant", ""],
        ] as const
      ).map(([label, name, placeholder]) => (
        <Field label={label} key={name}>
          <Typed
            type="search"
            maxLength={128}
            placeholder={placeholder}
            value={param(name) ?? ""}
            onDone={(text) => change({ [name]: text.trim() || null })}
          />
        </Field>
      ))}
      {(
        [
          ["Accepted from", "from"],
          ["Accepted before", "to"],
        ] as const
      ).map(([label, name]) => (
        <Field label={label} key={name}>
          <Typed
            type="datetime-local"
            step={1}
            value={forField(param(name))}
            onDone={(text) => change({ [name]: fromField(text) })}
          />
        </Field>
      ))}
      {names.some(param) && (
        <button type="button" onClick={dropped}>
          Drop the filter
        </button>
      )}
    </div>
  );
}
