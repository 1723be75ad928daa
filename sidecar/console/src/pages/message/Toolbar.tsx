// Above the list: live, what is chosen, and actions on all that the filter finds.
import { useRef } from "preact/hooks";
import { patchQuery } from "../../address.ts";
import { openBulk } from "../../later.tsx";
import type { Read } from "../../query.ts";
import { mayWrite } from "../../session.ts";
import { A } from "../../ui/A.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { now } from "../../ui/Time.tsx";
import { count, duration, plural } from "../../words.ts";
import type { Filter } from "./filter.ts";

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

export function Toolbar({ filter, words, selected, onClear, live, held, onShow, read }: ToolbarProps) {
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
  // The operations on many have no such filters.
  const can = [filter.q, filter.error, filter.type, filter.tenant, filter.order].every((one) => one === null);
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
          <p class="fine">
            Not with a search for text or an id, nor by event type, tenant or ordering key: choose rows instead.
          </p>
        )}
      </div>
    </details>
  );
}
