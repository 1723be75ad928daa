// An action over many messages: counted first, confirmed, held back for a moment, then done in calls that can be
// stopped. Until the moment has passed nothing has happened, whatever becomes of this tab.

import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, api } from "./api.ts";
import { type BulkRequest, beginning, emptyTally, type Operation, type Place, step, type Tally } from "./bulk/calls.ts";
import { adviceFor } from "./codes.ts";
import { invalidate } from "./query.ts";
import { announce } from "./ui/announce.tsx";
import { Dialog } from "./ui/Dialog.tsx";
import { Field } from "./ui/Field.tsx";
import { Id } from "./ui/Id.tsx";
import { count, plural } from "./words.ts";

export type { BulkRequest } from "./bulk/calls.ts";

/** From so many on the number has to be typed. */
const TYPED = 100;
const SECONDS = 8;

const WORDS: Record<Operation, { verb: string; does: string; did: string; one?: string }> = {
  replay: { verb: "Replay", does: "Replaying", did: "replayed" },
  cancel: { verb: "Cancel", does: "Cancelling", did: "cancelled" },
  delete: { verb: "Delete", does: "Deleting", did: "deleted" },
  replay_events: { verb: "Replay", does: "Replaying", did: "replayed", one: "event" },
};

const many = (operation: Operation, n: number) => plural(n, WORDS[operation].one ?? "message");

interface Bulk {
  request: BulkRequest;
  phase: "count" | "confirm" | "hold" | "run" | "stopping" | "stopped" | "done";
  /** What the dry run found, and what the run has done. */
  planned: Tally;
  tally: Tally;
  place: Place;
  error: ApiError | null;
}

const bulk = signal<Bulk | null>(null);

/** Counts up: what an older request still answers is not heeded. */
let turn = 0;

export function openBulk(request: BulkRequest): void {
  bulk.value = { request, phase: "count", planned: emptyTally(), tally: emptyTally(), place: beginning(), error: null };
  void go("count");
}

function close(): void {
  turn++;
  bulk.value = null;
}

/** What is accepted from now on is not meant. The bound is part of what is counted and of what is run, by the server's clock. */
async function bounded(request: BulkRequest): Promise<BulkRequest> {
  const { filter, events } = request;
  if (filter ? filter.created_before : (events?.before ?? !events)) return request;
  const { response } = await api.GET("/v1/whoami");
  const server = Date.parse(response.headers.get("date") ?? "");
  const moment = new Date((Number.isNaN(server) ? Date.now() : server) + 1000);
  const before = moment.toISOString();
  return events
    ? { ...request, events: { ...events, before: before } }
    : { ...request, filter: { ...filter, created_before: before } };
}

/** Makes calls until there is nothing left, something fails, or somebody stops it. */
async function go(phase: "count" | "run"): Promise<void> {
  const mine = ++turn;
  const field = phase === "count" ? "planned" : "tally";
  for (;;) {
    const now = bulk.peek();
    if (!now || turn !== mine) return;
    if (now.phase === "stopping") {
      bulk.value = { ...now, phase: "stopped" };
      invalidate("");
      return;
    }
    if (now.place.ended) {
      finish(phase);
      return;
    }
    if (phase === "run" && (now.place.notBefore ?? 0) > performance.now()) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
    try {
      const request = phase === "count" ? await bounded(now.request) : now.request;
      const [place, tally] = await step(request, now.place, now[field], phase === "count");
      const after = bulk.peek();
      if (!after || turn !== mine) return;
      bulk.value = { ...after, request, place, [field]: tally, error: null };
    } catch (thrown) {
      const after = bulk.peek();
      if (!after || turn !== mine) return;
      const error = thrown instanceof ApiError ? thrown : new ApiError(0, "CONSOLE_ERROR", String(thrown));
      if (error.status === 429 && error.retryAfter !== null) {
        await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? 1) * 1000));
        continue;
      }
      bulk.value = { ...after, phase: phase === "count" ? "count" : "stopped", error };
      return;
    }
  }
}

function finish(phase: "count" | "run"): void {
  const now = bulk.peek();
  if (!now) return;
  if (phase === "count") {
    bulk.value = { ...now, phase: "confirm", place: beginning() };
    return;
  }
  bulk.value = { ...now, phase: "done" };
  announce(`${many(now.request.operation, now.tally.done)} ${WORDS[now.request.operation].did}`);
  invalidate("");
  now.request.onDone?.();
}

function hold(): void {
  const now = bulk.peek();
  if (now) bulk.value = { ...now, phase: "hold", place: beginning() };
}

function start(): void {
  const now = bulk.peek();
  if (!now) return;
  bulk.value = { ...now, phase: "run" };
  void go("run");
}

function stop(): void {
  const now = bulk.peek();
  if (now) bulk.value = { ...now, phase: "stopping" };
}

/** Mounted once, beside all pages. */
export function BulkHost() {
  const now = bulk.value;
  if (!now) return null;
  if (now.phase === "count" || now.phase === "confirm") return <Confirm bulk={now} />;
  return <Bar bulk={now} />;
}

function Confirm({ bulk: { request, phase, planned, error } }: { bulk: Bulk }) {
  const [typed, setTyped] = useState("");
  const words = WORDS[request.operation];
  const asked = planned.done > TYPED;
  const mayGo =
    phase === "confirm" && planned.done > 0 && (!asked || typed.replace(/[,\s]/g, "") === String(planned.done));
  const confirm = () => {
    if (mayGo) hold();
  };
  return (
    <Dialog
      open
      title={request.title}
      onClose={close}
      actions={
        <>
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button
            type="button"
            class={request.operation.startsWith("replay") ? "primary" : "danger"}
            disabled={!mayGo}
            onClick={confirm}
          >
            {words.verb} {many(request.operation, planned.done)}
          </button>
        </>
      }
    >
      <p>{request.words}</p>
      {error && (
        <p class="bulk-error" role="alert">
          <strong>{error.message}</strong> {adviceFor(error)} <code>{error.code}</code>{" "}
          <button type="button" class="small" onClick={() => void go("count")}>
            Retry
          </button>
        </p>
      )}
      {phase === "count" && !error && (
        <p role="status">
          Counting without changing anything: {count(planned.done)} so far
          <progress aria-label="Counting" />
        </p>
      )}
      {phase === "confirm" && (
        <>
          <Outcomes tally={planned} would did={words.did} />
          {planned.examples.length > 0 && (
            <>
              <h3 class="bulk-head">{planned.done > planned.examples.length ? "Among them" : "These are"}</h3>
              <ul class="bulk-examples">
                {planned.examples.map((id) => (
                  <li key={id}>
                    <Id kind={request.events ? "event" : "message"} id={id} link={false} />
                  </li>
                ))}
              </ul>
            </>
          )}
          {asked && (
            <Field label={`Type ${planned.done} to go on`}>
              <input
                autofocus
                inputMode="numeric"
                autocomplete="off"
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
                onKeyDown={(event) => event.key === "Enter" && confirm()}
              />
            </Field>
          )}
          {planned.done > 0 && (
            <p class="hint">It begins {SECONDS} seconds after that, and can be undone until then.</p>
          )}
        </>
      )}
    </Dialog>
  );
}

function Outcomes({ tally, did, would = false }: { tally: Tally; did: string; would?: boolean }) {
  const refused = Object.entries(tally.refused);
  return (
    <table class="bulk-outcomes">
      <caption class="unseen">{would ? "What would happen" : "What happened"}</caption>
      <tbody>
        <tr>
          <th scope="row">{would ? `would be ${did}` : did}</th>
          <td class="num">{count(tally.done)}</td>
        </tr>
        {refused.map(([code, number]) => (
          <tr key={code}>
            <th scope="row">
              {/^[A-Z_]+$/.test(code) ? (
                <>
                  refused: <code>{code}</code>
                  <small>{adviceFor({ code })}</small>
                </>
              ) : (
                `refused: ${code.replaceAll("_", " ")}`
              )}
            </th>
            <td class="num">{count(number)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bar({ bulk: now }: { bulk: Bulk }) {
  const { request, phase, planned, tally, error } = now;
  const words = WORDS[request.operation];
  const total = planned.done;
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const over = phase === "done" || phase === "stopped";
  return (
    <section class="bulk-bar" aria-label={request.title}>
      {phase === "hold" && (
        <Hold undo={first}>
          {words.does} {many(request.operation, total)}
        </Hold>
      )}
      {(phase === "run" || phase === "stopping") && (
        <>
          <div class="bulk-text">
            <strong>
              {words.does} {count(tally.done)} of {count(total)}
            </strong>
            <progress max={Math.max(total, 1)} value={tally.done} aria-label={request.title} />
          </div>
          <button type="button" disabled={phase === "stopping"} onClick={stop}>
            {phase === "stopping" ? "Stopping" : "Stop"}
          </button>
        </>
      )}
      {over && (
        <>
          <div class="bulk-text">
            <strong>
              {phase === "stopped" && !error ? "Stopped. " : ""}
              {many(request.operation, tally.done)} {words.did}
              {phase === "stopped" && tally.done < total ? ` of ${count(total)}` : ""}
            </strong>
            {Object.keys(tally.refused).length > 0 && <Outcomes tally={tally} did={words.did} />}
            {error && (
              <p class="bulk-error" role="alert">
                {error.message} {adviceFor(error)} <code>{error.code}</code>
              </p>
            )}
          </div>
          {phase === "stopped" && !now.place.ended && (
            <button type="button" onClick={start}>
              Go on
            </button>
          )}
          {tally.failed.length > 0 && (
            <button
              type="button"
              onClick={() => openBulk({ ...request, ids: tally.failed, words: "Those that were refused before" })}
            >
              Retry {count(tally.failed.length)}
            </button>
          )}
          <button type="button" onClick={close}>
            Close
          </button>
        </>
      )}
    </section>
  );
}

interface HoldProps {
  undo: { current: HTMLButtonElement | null };
  children: preact.ComponentChildren;
}

/** Counts down; leaving the page before its end leaves everything as it is. */
function Hold({ undo, children }: HoldProps) {
  const [left, setLeft] = useState(SECONDS);
  useEffect(() => {
    const end = performance.now() + SECONDS * 1000;
    const timer = setInterval(() => {
      const now = Math.max(0, (end - performance.now()) / 1000);
      setLeft(now);
      if (now === 0) {
        clearInterval(timer);
        start();
      }
    }, 100);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <div class="bulk-text">
        <strong>
          {children} in {Math.ceil(left)} s
        </strong>
        <progress max={SECONDS} value={SECONDS - left} aria-label="Time until it begins" />
      </div>
      <button type="button" ref={undo} onClick={close}>
        Undo
      </button>
      <button type="button" class="primary" onClick={start}>
        Now
      </button>
    </>
  );
}
