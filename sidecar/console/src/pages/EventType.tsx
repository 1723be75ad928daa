// One type of the catalogue. Schema and example are shown as the server has them, digit by digit.
import { useState } from "preact/hooks";
import { go, withQuery } from "../address.ts";
import { api, done, okText, type Schemas } from "../api.ts";
import { visible } from "../payload/visible.tsx";
import { invalidate, useRead } from "../query.ts";
import { maySend, mayWrite } from "../session.ts";
import { refreshSeconds } from "../settings.ts";
import { A } from "../ui/A.tsx";
import { announce } from "../ui/announce.tsx";
import { Confirm } from "../ui/Confirm.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Page } from "../ui/Page.tsx";
import { Payload } from "../ui/Payload.tsx";
import { Badge } from "../ui/StatusBadge.tsx";
import { Empty, Loaded } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";
import { valueAt } from "../written.ts";
import { SendEvent } from "./events/SendEvent.tsx";
import { TypeForm } from "./events/TypeForm.tsx";

interface Known {
  entry: Schemas["EventTypeEntry"];
  schema: string;
  example: string;
}

const above = <A to="/event-types">Event types</A>;

export function EventType({ name }: { name: string }) {
  const [asking, setAsking] = useState<"edit" | "delete" | "send" | null>(null);
  const leave = () => setAsking(null);
  const read = useRead(
    `event-types/one/${name}`,
    async (signal): Promise<Known> => {
      const path = { name };
      const text = okText(await api.GET("/v1/event-types/{name}", { params: { path }, signal, parseAs: "text" }));
      return {
        entry: JSON.parse(text).data,
        schema: valueAt(text, "data", "schema") ?? "",
        example: valueAt(text, "data", "example") ?? "",
      };
    },
    { refresh: refreshSeconds() },
  );
  if (read.error?.code === "NOT_FOUND" || read.error?.code === "INVALID_REQUEST") {
    return (
      <Page title="Not in the catalogue" above={above}>
        <Empty title="The catalogue has no type of this name" icon="event">
          <p>
            <code>{visible(name)}</code>
          </p>
          <p>Events of it may have been sent all the same.</p>
          <A to={withQuery("/events", { type: name })} class="button">
            Events of this type
          </A>
        </Empty>
      </Page>
    );
  }
  const one = read.data;
  return (
    <Page
      title={
        <span class="row">
          <code>{visible(name)}</code>
          {one?.entry.deprecated && (
            <Badge tone="warn" icon="warn">
              Deprecated
            </Badge>
          )}
        </span>
      }
      above={above}
      lead={one?.entry.description ? visible(one.entry.description) : undefined}
      actions={
        one && (
          <>
            <button type="button" disabled={!maySend.value} onClick={() => setAsking("send")}>
              <Icon name="send" /> Send one
            </button>
            <button type="button" disabled={!mayWrite()} onClick={() => setAsking("edit")}>
              <Icon name="edit" /> Change
            </button>
            <button type="button" class="danger" disabled={!mayWrite()} onClick={() => setAsking("delete")}>
              <Icon name="trash" /> Delete
            </button>
          </>
        )
      }
    >
      <Loaded read={read}>
        {({ entry, schema, example }) => (
          <div class="stack">
            <p class="row fine">
              <span>
                Added <Time at={entry.created_at} />, changed <Time at={entry.updated_at} />.
              </span>
              <A to={withQuery("/events", { type: name })}>Events of this type</A>
              <A to={withQuery("/messages", { type: name })}>Its messages</A>
            </p>
            <Document title="Schema" text={schema} name={`${name}.schema.json`} />
            <Document title="Example" text={example} name={`${name}.json`} />
          </div>
        )}
      </Loaded>
      {asking === "send" && <SendEvent type={name} onClose={leave} />}
      {asking === "edit" && one && (
        <TypeForm
          type={{
            name,
            description: one.entry.description ?? "",
            schema: one.schema,
            example: one.example,
            deprecated: one.entry.deprecated,
          }}
          onClose={leave}
        />
      )}
      <Confirm
        open={asking === "delete"}
        title="Delete this event type?"
        act="Delete type"
        danger
        onClose={leave}
        onAct={async () => {
          done(await api.DELETE("/v1/event-types/{name}", { params: { path: { name } } }));
          invalidate("event-types/list");
          announce("The event type was deleted");
          go("/event-types", { replace: true });
        }}
      >
        <p>
          <code>{visible(name)}</code> leaves the catalogue. Events of it that were accepted stay, and are delivered.
          Where the sidecar takes only types of the catalogue, no further one is accepted.
        </p>
      </Confirm>
    </Page>
  );
}

function Document({ title, text, name }: { title: string; text: string; name: string }) {
  return (
    <section class="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      <div class="body">
        {text ? <Payload label={title} text={text} name={name} /> : <p class="fine">None is given.</p>}
      </div>
    </section>
  );
}
