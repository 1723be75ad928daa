// What happens, as it happens: one stream for all tabs of a browser. Without Web Locks (plain http) the tab polls.
import { signal } from "@preact/signals";
import { api, base, open, pageOf } from "./api.ts";
import { connected } from "./query.ts";

export type EventKind =
  | "message_accepted"
  | "attempt_started"
  | "message_delivered"
  | "attempt_failed"
  | "message_dead"
  | "endpoint_changed"
  | "not_delivering"
  /** Something was lost: read anew. */
  | "gap";

export interface Happening {
  kind: EventKind;
  message_id?: string | null;
  endpoint_id?: string | null;
  attempt_no?: number | null;
  response_status?: number | null;
  error_text?: string | null;
  next_attempt_at?: string | null;
  occurred_at?: string | null;
}

export type StreamState = "off" | "connecting" | "live" | "polling" | "lost";
export const streamState = signal<StreamState>("off");

const POLL_MS = 5000;
/** A tab that is hidden this long lets another have the stream. */
const HIDDEN_MS = 60_000;
/** The server says something every 15 s; silence beyond this is a dead connection. */
const SILENCE_MS = 35_000;

const listeners = new Set<(happening: Happening) => void>();
const NAME = `hookbridge-events:${base}`;
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(NAME) : null;
let stop: AbortController | undefined;
let hiddenTimer = 0;

const tell = (happening: Happening) => {
  for (const listener of listeners) listener(happening);
};

function pass(message: { happening?: Happening; state?: StreamState }) {
  if (message.state) streamState.value = message.state;
  if (message.happening) tell(message.happening);
  channel?.postMessage(message);
}

channel?.addEventListener(
  "message",
  ({ data }: MessageEvent<{ happening?: Happening; state?: StreamState; ask?: true }>) => {
    if (data.ask && leading) channel.postMessage({ state: streamState.value });
    if (!listeners.size) return;
    if (data.state) streamState.value = data.state;
    if (data.happening) tell(data.happening);
  },
);

let leading = false;

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    // A signal lives as long as its tab: what waits for it is taken away again.
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
  });

/** Something was left out here. A `gap` without a time only asks to read anew. */
const leftOut = (): Happening => ({ kind: "gap", occurred_at: new Date().toISOString() });

function understand(block: string): Happening | undefined {
  let kind = "";
  let data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) kind = line.slice(6).trim();
    else if (line.startsWith("data:")) data += line.slice(5).trim();
  }
  if (kind === "gap") return leftOut();
  if (!kind || !data) return undefined;
  return JSON.parse(data) as Happening;
}

async function readStream(signal: AbortSignal) {
  const quiet = new AbortController();
  const either = AbortSignal.any([signal, quiet.signal]);
  let timer = setTimeout(() => quiet.abort(), SILENCE_MS);
  try {
    const response = await open("/v1/events", either);
    if (!response.body) return;
    pass({ state: "live" });
    connected.value = true;
    const reader = response.body
      .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
      .getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), SILENCE_MS);
      const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const happening = understand(block);
        if (happening) pass({ happening });
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

async function lead(signal: AbortSignal) {
  leading = true;
  let wait = 500;
  let lost = false;
  while (!signal.aborted) {
    const began = Date.now();
    pass({ state: lost ? "lost" : "connecting" });
    // What happened while nobody listened has to be read.
    if (lost) pass({ happening: leftOut() });
    await readStream(signal).catch(() => undefined);
    if (signal.aborted) break;
    lost = true;
    wait = Date.now() - began > 10_000 ? 500 : Math.min(wait * 2, 5000);
    pass({ state: "lost" });
    await pause(wait, signal);
  }
  leading = false;
}

/** Without a stream: the newest messages are compared with those of the last look. */
async function poll(signal: AbortSignal) {
  let known: Map<string, string> | undefined;
  while (!signal.aborted) {
    try {
      const page = pageOf(await api.GET("/v1/logs", { params: { query: { limit: 100 } }, signal }));
      streamState.value = "polling";
      const seen = new Map<string, string>();
      for (const item of page.items) seen.set(item.message_id, `${item.status} ${item.attempt_count}`);
      if (known) {
        for (const item of page.items.toReversed()) {
          if (known.get(item.message_id) === seen.get(item.message_id)) continue;
          const kind: EventKind =
            item.status === "succeeded"
              ? "message_delivered"
              : item.status === "failed_permanent"
                ? "message_dead"
                : item.status === "pending_retry"
                  ? "attempt_failed"
                  : "message_accepted";
          tell({
            kind,
            message_id: item.message_id,
            endpoint_id: item.endpoint_id,
            attempt_no: item.attempt_count || null,
            response_status: item.response_status,
            error_text: item.last_error,
            next_attempt_at: item.next_attempt_at,
            occurred_at: item.delivered_at ?? item.failed_at ?? item.created_at,
          });
        }
        tell({ kind: "gap" });
      }
      known = seen;
    } catch {
      if (!signal.aborted) streamState.value = "lost";
    }
    await pause(POLL_MS, signal);
  }
}

function begin() {
  if (stop || !listeners.size) return;
  stop = new AbortController();
  const { signal } = stop;
  if (!navigator.locks || !channel) {
    void poll(signal);
    return;
  }
  streamState.value = "connecting";
  channel.postMessage({ ask: true });
  navigator.locks.request(NAME, { signal }, () => lead(signal)).catch(() => undefined);
}

function end() {
  stop?.abort();
  stop = undefined;
  streamState.value = "off";
}

/** Calls `listener` for each thing that happens, until what it answers is called. */
export function onEvent(listener: (happening: Happening) => void): () => void {
  listeners.add(listener);
  begin();
  return () => {
    listeners.delete(listener);
    // A page that follows may listen at once: the stream is kept for it.
    setTimeout(() => listeners.size || end(), 1000);
  };
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(hiddenTimer);
  if (document.hidden) hiddenTimer = setTimeout(end, HIDDEN_MS);
  else if (!stop && listeners.size) {
    begin();
    tell({ kind: "gap" });
  }
});
