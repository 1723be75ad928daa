// The list of messages: all of them, or an endpoint's.
import { useEffect, useRef, useState } from "preact/hooks";
import { param, patchQuery } from "../../address.ts";
import { api, type LogItem, type PageOf, pageOf } from "../../api.ts";
import { useEndpointChoice } from "../../endpoints.ts";
import { onEvent } from "../../events.ts";
import { type Read, useRead } from "../../query.ts";
import { mayWrite } from "../../session.ts";
import { pageSize } from "../../settings.ts";
import { A } from "../../ui/A.tsx";
import { Copy } from "../../ui/Copy.tsx";
import { EndpointName } from "../../ui/EndpointName.tsx";
import { shortId } from "../../ui/Id.tsx";
import { type Column, List } from "../../ui/List.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { Empty, Failure } from "../../ui/states.tsx";
import { Time } from "../../ui/Time.tsx";
import { count, ms } from "../../words.ts";
import { Filters } from "./Filters.tsx";
import { asQuery, filterNames, filterOf, inWords, narrows } from "./filter.ts";
import { Searching } from "./Searching.tsx";
import { useSearch } from "./search.ts";
import { choose, chosenOf } from "./selection.ts";
import { Toolbar } from "./Toolbar.tsx";

/** Live lists read at most this often. */
const LIVE_MS = 1000;

const columnsFor = (fixed: boolean, typed: boolean): Column<LogItem>[] => [
  {
    head: "Status",
    class: "tight",
    cell: (item) => <StatusBadge status={item.status} deleted={item.deleted_at !== null} />,
  },
  {
    head: "Message",
    class: "tight",
    cell: (item) => (
      <span class="id">
        <A to={`/messages/${item.message_id}`} title={item.message_id}>
          <code>{shortId(item.message_id)}</code>
        </A>
        <Copy text={item.message_id} label="message id" />
      </span>
    ),
  },
  ...(fixed
    ? []
    : [
        {
          head: "Endpoint",
          class: "name",
          cell: (item: LogItem) => <EndpointName id={item.endpoint_id} url={item.endpoint} />,
        },
      ]),
  ...(typed
    ? [
        {
          head: "Event type",
          class: "name",
          cell: (item: LogItem) =>
            item.event_type ? (
              <code class="fine clip" title={item.event_type}>
                {item.event_type}
              </code>
            ) : (
              <span class="nothing">–</span>
            ),
        },
      ]
    : []),
  { head: "Accepted", class: "tight", cell: (item) => <Time at={item.created_at} /> },
  { head: "Attempts", class: "num", cell: (item) => count(item.attempt_count) },
  {
    head: "Last answer",
    class: "wide",
    cell: (item) => (
      <span class="answer">
        {item.response_status !== null && (
          <code class={item.response_status < 300 ? "good" : "bad"}>{item.response_status}</code>
        )}
        {item.response_latency_ms !== null && <span class="fine">{ms(item.response_latency_ms)}</span>}
        {item.status !== "succeeded" &&
          item.last_error &&
          item.last_error !== `the receiver answered ${item.response_status}` && (
            <span class="clip" title={item.last_error}>
              {item.last_error}
            </span>
          )}
      </span>
    ),
  },
  {
    head: "Next",
    class: "tight",
    cell: (item) =>
      (item.status === "pending_retry" || item.status === "queued") && item.next_attempt_at ? (
        <Time at={item.next_attempt_at} how="relative" />
      ) : (
        <span class="nothing">–</span>
      ),
  },
];

/** Reads anew when something happens, but for while one points at a row or is in one. */
function useLive(on: boolean, reload: () => void) {
  const [held, setHeld] = useState(0);
  const looking = useRef(false);
  const latest = useRef(reload);
  latest.current = reload;
  const pending = useRef(0);
  useEffect(() => {
    if (!on) return;
    let timer = 0;
    const show = () => {
      timer = 0;
      if (looking.current) setHeld(pending.current);
      else {
        pending.current = 0;
        setHeld(0);
        latest.current();
      }
    };
    const end = onEvent(({ kind }) => {
      if (kind === "attempt_started" || kind === "endpoint_changed") return;
      pending.current++;
      timer ||= setTimeout(show, LIVE_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [on]);
  const look = (now: boolean) => {
    looking.current = now;
    if (!now && pending.current && on) {
      pending.current = 0;
      setHeld(0);
      latest.current();
    }
  };
  return { held, look };
}

export function MessageList({ endpointId }: { endpointId?: string }) {
  const fixed = endpointId !== undefined;
  const filter = filterOf(endpointId);
  const limit = Number(pageSize.value);
  const cursor = param("cursor");
  const live = param("live") === "1" && !cursor;
  const key = `messages/list?${JSON.stringify([asQuery(filter), cursor, limit])}`;
  const readPage = async (at: string | null, signal: AbortSignal): Promise<PageOf<LogItem>> => {
    const wanted = { ...asQuery(filter), limit, ...(at ? { cursor: at } : {}) };
    return pageOf<LogItem>(await api.GET("/v1/logs", { params: { query: wanted }, signal }));
  };
  const read = useRead(key, (signal) => readPage(cursor, signal), { keep: true });
  const { held, look } = useLive(live, read.reload);
  const searching = useSearch(key, read.data, limit, readPage);
  const { search } = searching;
  const { nameById } = useEndpointChoice();
  const selected = chosenOf(key);
  const filtered = narrows(filter, fixed);

  const first = read.data;
  const all: Read<PageOf<LogItem>> =
    first && search
      ? {
          ...read,
          data: { items: [...first.items, ...search.found], nextCursor: search.cursor, searchedTo: search.searchedTo },
        }
      : read;
  const short = first && all.data?.nextCursor && (searching.running || all.data.items.length < limit);
  const drop = () => patchQuery(Object.fromEntries([...filterNames, "cursor"].map((name) => [name, null])));

  return (
    <div class="messages">
      <Filters filter={filter} fixed={fixed} />
      <Toolbar
        filter={filter}
        words={inWords(filter, nameById(filter.endpoint))}
        selected={selected}
        onClear={() => choose(key, new Set())}
        live={live}
        held={held}
        onShow={() => look(false)}
        read={read}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only notices where one looks */}
      <div
        onMouseEnter={() => look(true)}
        onMouseLeave={() => look(false)}
        onFocusCapture={() => look(true)}
        onBlurCapture={() => look(false)}
      >
        <List
          read={all}
          columns={columnsFor(fixed, all.data?.items.some((item) => item.event_type) ?? false)}
          rowKey={(item) => item.message_id}
          caption="Messages, newest first"
          filtered={filtered}
          rowClass={(item) => (item.deleted_at ? "gone" : undefined)}
          selection={
            mayWrite()
              ? { chosen: selected, set: (ids) => choose(key, ids), label: (id) => `Select message ${shortId(id)}` }
              : undefined
          }
          after={
            short && (
              <Searching
                filter={filter}
                to={all.data?.searchedTo ?? null}
                pages={search?.pages ?? 1}
                found={all.data?.items.length ?? 0}
                running={searching.running}
                onGoOn={() => void searching.goOn()}
                onStop={searching.stop}
              />
            )
          }
          noMatch={
            <Empty title="No message matches" icon="filter">
              <p>{inWords(filter, nameById(filter.endpoint))}</p>
              <button type="button" onClick={drop}>
                Drop the filter
              </button>
            </Empty>
          }
          empty={
            <Empty title={fixed ? "No message for this endpoint yet" : "No message yet"} icon="messages">
              <p>What is sent stands here at once, with each attempt at its delivery.</p>
              <A to={filter.endpoint ? `/examples?endpoint=${filter.endpoint}` : "/examples"} class="button primary">
                Send the first one
              </A>
            </Empty>
          }
        />
      </div>
      {searching.error && <Failure error={searching.error} retry={() => void searching.goOn()} />}
    </div>
  );
}
