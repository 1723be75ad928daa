// The list of messages: all of them, or an endpoint's.
import { useEffect, useRef, useState } from "preact/hooks";
import { param, patchQuery } from "../../address.ts";
import { api, type LogItem, type PageOf, pageOf } from "../../api.ts";
import { useEndpointChoice } from "../../endpoints.ts";
import { onEvent } from "../../events.ts";
import { openBulk } from "../../later.tsx";
import { type Read, useRead } from "../../query.ts";
import { mayWrite } from "../../session.ts";
import { pageSize } from "../../settings.ts";
import { A } from "../../ui/A.tsx";
import { Copy } from "../../ui/Copy.tsx";
import { EndpointName } from "../../ui/EndpointName.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { shortId } from "../../ui/Id.tsx";
import { type Column, List } from "../../ui/List.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { Empty, Failure } from "../../ui/states.tsx";
import { now, Time } from "../../ui/Time.tsx";
import { count, duration, ms, plural } from "../../words.ts";
import { Filters } from "./Filters.tsx";
import { asQuery, type Filter, filterNames, filterOf, inWords, narrows } from "./filter.ts";
import { useSearch } from "./search.ts";
import { choose, chosenOf } from "./selection.ts";

/** Live lists read at most this often. */
const LIVE_MS = 1000;

const columnsFor = (fixed: boolean): Column<LogItem>[] => [
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
      item.status === "pending_retry" && item.next_attempt_at ? (
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
          columns={columnsFor(fixed)}
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

interface ToolbarProps {
  filter: Filter;
  words: string;
  selected: ReadonlySet<string>;
  onClear: () => void;
  live: boolean;
  held: number;
  onShow: () => void;
  read: Read<unknown>;
}

function Toolbar({ filter, words, selected, onClear, live, held, onShow, read }: ToolbarProps) {
  const done = () => {
    onClear();
    read.reload();
  };
  const chosen = (operation: "replay" | "delete", title: string) =>
    void openBulk({
      operation,
      ids: [...selected],
      title,
      words: `${plural(selected.size, "chosen message")}`,
      onDone: done,
    });
  if (selected.size) {
    return (
      <section class="toolbar chosen" aria-label="Chosen messages">
        <strong>{count(selected.size)} chosen</strong>
        <button type="button" class="small" onClick={() => chosen("replay", "Replay messages")}>
          <Icon name="replay" /> Replay
        </button>
        <button type="button" class="small danger" onClick={() => chosen("delete", "Delete messages")}>
          <Icon name="trash" /> Delete
        </button>
        <button type="button" class="small push" onClick={onClear}>
          Choose none
        </button>
      </section>
    );
  }
  return (
    <div class="toolbar">
      <label class="check">
        <input
          type="checkbox"
          checked={live}
          onChange={(event) =>
            patchQuery({ live: event.currentTarget.checked ? "1" : null, cursor: null }, { replace: true })
          }
        />
        Live
      </label>
      {live && held > 0 && (
        <button type="button" class="small" onClick={onShow}>
          {count(held)} new; show now
        </button>
      )}
      {!live && (
        <button type="button" class="small" disabled={read.loading} onClick={read.reload}>
          Read again
        </button>
      )}
      {read.readAt !== undefined && <span class="fine">read {duration((now.value - read.readAt) / 1000)} ago</span>}
      <span class="push" />
      {mayWrite() && <OnFilter filter={filter} words={words} onDone={read.reload} />}
      {mayWrite() && <ExportLink filter={filter} />}
    </div>
  );
}

function ExportLink({ filter }: { filter: Filter }) {
  const next = new URLSearchParams({ new: "1" });
  if (filter.status.length === 1) next.set("status", filter.status[0] ?? "");
  if (filter.endpoint) next.set("endpoint", filter.endpoint);
  if (filter.from) next.set("from", filter.from);
  if (filter.to) next.set("to", filter.to);
  return (
    <A to={`/exports?${next}`} class="button small">
      <Icon name="export" /> Export
    </A>
  );
}

/** Actions on everything that the filter finds, also beyond this page. */
function OnFilter({ filter, words, onDone }: { filter: Filter; words: string; onDone: () => void }) {
  const { status } = filter;
  const can = filter.q === null && filter.error === null;
  const only = (one: string) => status.length === 1 && status[0] === one;
  const carried = {
    ...(filter.endpoint ? { endpoint_id: filter.endpoint } : {}),
    ...(filter.from ? { created_after: filter.from } : {}),
    ...(filter.to ? { created_before: filter.to } : {}),
    ...(filter.cause ? { cause: filter.cause } : {}),
  };
  const start = (operation: "replay" | "cancel" | "delete", title: string) =>
    void openBulk({ operation, title, words, filter: { ...carried, ...(status.length ? { status } : {}) }, onDone });
  const box = useRef<HTMLDetailsElement>(null);
  const act = (run: () => void) => () => {
    if (box.current) box.current.open = false;
    run();
  };
  return (
    <details
      class="menu"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !box.current?.open) return;
        box.current.open = false;
        box.current.querySelector("summary")?.focus();
      }}
    >
      <summary class="button small">All that match…</summary>
      <div>
        {can ? (
          <>
            <button
              type="button"
              disabled={!only("failed_permanent") && !only("pending_retry")}
              onClick={act(() => start("replay", "Replay what the filter finds"))}
            >
              <Icon name="replay" /> Replay
            </button>
            <button
              type="button"
              disabled={!only("pending_retry")}
              onClick={act(() => start("cancel", "Cancel the retries that the filter finds"))}
            >
              <Icon name="cross" /> Cancel retries
            </button>
            <button type="button" class="danger" onClick={act(() => start("delete", "Delete what the filter finds"))}>
              <Icon name="trash" /> Delete
            </button>
            <p class="fine">
              Replay needs the status Pending retry or Failed permanently alone, Cancel needs Pending retry. Each shows
              first what it would do.
            </p>
          </>
        ) : (
          <p class="fine">Not with a search for text or an id: choose rows instead.</p>
        )}
      </div>
    </details>
  );
}

interface SearchingProps {
  filter: Filter;
  to: string | null;
  pages: number;
  found: number;
  running: boolean;
  onGoOn: () => void;
  onStop: () => void;
}

function Searching({ filter, to, pages, found, running, onGoOn, onStop }: SearchingProps) {
  const start = filter.from ? Date.parse(filter.from) : null;
  const end = filter.to ? Date.parse(filter.to) : Date.now();
  const at = to ? Date.parse(to) : null;
  const share =
    start !== null && at !== null && end > start ? Math.min(1, Math.max(0, (end - at) / (end - start))) : undefined;
  return (
    <div class="searching">
      <span role="status">
        {found ? `${count(found)} found so far. ` : "None found so far. "}
        {to ? (
          <>
            Searched back to <Time at={to} how="clock" />
          </>
        ) : (
          "Searched a part"
        )}
        , up to {count(pages * 20_000)} messages.
      </span>
      {(running || share !== undefined) && (
        <progress aria-label="Searched" {...(share === undefined ? {} : { value: share })} />
      )}
      {running ? (
        <button type="button" class="small" onClick={onStop}>
          Stop
        </button>
      ) : (
        <button type="button" class="small" onClick={onGoOn}>
          Go on
        </button>
      )}
    </div>
  );
}
