// An event: what it was, and what became of it at each endpoint.

import { param } from "../address.ts";
import { api, ok, type PageOf, type Schemas } from "../api.ts";
import { visible } from "../payload/visible.tsx";
import { invalidate, type Read, useRead } from "../query.ts";
import { pageSize, refreshSeconds } from "../settings.ts";
import { useSoonAfter } from "../soon.ts";
import { A } from "../ui/A.tsx";
import { Copy } from "../ui/Copy.tsx";
import { EndpointName } from "../ui/EndpointName.tsx";
import { Id } from "../ui/Id.tsx";
import { type Column, List } from "../ui/List.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusBadge } from "../ui/StatusBadge.tsx";
import { Empty, Loaded } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";
import { plural, size } from "../words.ts";

type Details = Schemas["EventDetails"];
type Row = Schemas["EventMessage"];

const above = <A to="/events">Events</A>;

export function Event({ id }: { id: string }) {
  const cursor = param("cursor");
  const key = `events/one/${id}`;
  const read = useRead(
    `${key}?${cursor ?? ""}&${pageSize.value}`,
    async (signal) => {
      const query = { limit: Number(pageSize.value), ...(cursor ? { cursor } : {}) };
      return ok(await api.GET("/v1/events/{event_id}", { params: { path: { event_id: id }, query }, signal }));
    },
    { refresh: refreshSeconds() },
  );
  const { data } = read;
  useSoonAfter(
    ({ message_id: message }) => data?.messages.some((one) => one.message_id === message) ?? false,
    () => invalidate(key),
  );
  if (read.error?.code === "NOT_FOUND") {
    return (
      <Page title="No such event" above={above}>
        <Empty title="This outbox has no event with this id" icon="event">
          <p>
            <code>{visible(id)}</code>
          </p>
          <p>An event's row goes after its retention, and the beginning of an id is not enough here.</p>
          <A to="/events" class="button">
            All events
          </A>
        </Empty>
      </Page>
    );
  }
  return (
    <Page title={read.data ? <code>{visible(read.data.type)}</code> : "Event"} above={above}>
      <div class="identity">
        <span class="row">
          <code>{visible(id)}</code>
          <Copy text={id} label="event id" words="Copy id" />
        </span>
      </div>
      <Loaded read={read}>
        {(event) => (
          <div class="stack">
            <Facts event={event} />
            <Messages event={event} read={read} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Facts({ event }: { event: Details }) {
  const { tenant, ordering_key: order, idempotency_key: idempotency } = event;
  return (
    <section class="panel" aria-label="Facts">
      <div class="body factgrid">
        <dl class="facts">
          <dt>Type</dt>
          <dd>
            <A to={`/event-types/${encodeURIComponent(event.type)}`}>
              <code>{visible(event.type)}</code>
            </A>
          </dd>
          <dt>Tenant</dt>
          <dd>{tenant === null ? <span class="nothing">none</span> : visible(tenant)}</dd>
          <dt>Accepted</dt>
          <dd>
            <Time at={event.created_at} />
          </dd>
          {event.deliver_at && (
            <>
              <dt>Not before</dt>
              <dd>
                <Time at={event.deliver_at} />
              </dd>
            </>
          )}
          {event.expires_at && (
            <>
              <dt>Not after</dt>
              <dd>
                <Time at={event.expires_at} />
              </dd>
            </>
          )}
        </dl>
        <dl class="facts">
          <dt>Wanted by</dt>
          <dd>{plural(event.matched, "endpoint")} when it was accepted</dd>
          <dt>Ordering key</dt>
          <dd>{order === null ? <span class="nothing">none</span> : <code>{visible(order)}</code>}</dd>
          <dt>Idempotency key</dt>
          <dd>
            {idempotency === null ? (
              <span class="nothing">none</span>
            ) : (
              <span class="id">
                <code>{visible(idempotency)}</code>
                <Copy text={idempotency} label="idempotency key" />
              </span>
            )}
          </dd>
          <dt>Payload</dt>
          <dd>
            {size(event.size_bytes)}, {event.has_payload ? "kept: its messages show it" : "gone"}
          </dd>
          <dt>SHA-256</dt>
          <dd class="id">
            <code class="clip" title={event.payload_sha256}>
              {event.payload_sha256.slice(0, 16)}…
            </code>
            <Copy text={event.payload_sha256} label="sha256" />
          </dd>
        </dl>
      </div>
    </section>
  );
}

function Messages({ event, read }: { event: Details; read: Read<Details> }) {
  const columns: Column<Row>[] = [
    { head: "Status", class: "tight", cell: (row) => <StatusBadge status={row.status} /> },
    { head: "Endpoint", class: "wide", cell: (row) => <EndpointName id={row.endpoint_id} /> },
    { head: "Message", class: "tight", cell: (row) => <Id kind="message" id={row.message_id} short /> },
  ];
  const page: PageOf<Row> = { items: event.messages, nextCursor: event.next_cursor, searchedTo: null };
  return (
    <section class="panel" aria-labelledby="messages">
      <header>
        <h2 id="messages">Messages</h2>
      </header>
      <List
        read={{ ...read, data: page }}
        columns={columns}
        rowKey={(row) => row.message_id}
        caption="Messages of the event"
        empty={
          <Empty title="No endpoint wanted it" icon="messages">
            <p>
              The event is kept all the same. An endpoint that wants it later gets it by “Replay missed events” on its
              page, under Subscription.
            </p>
          </Empty>
        }
      />
    </section>
  );
}
