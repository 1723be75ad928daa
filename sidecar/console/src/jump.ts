// Finds what somebody has of a message or an endpoint: a whole id, the beginning of one, or an idempotency key.
import { api, type LogItem, pageOf } from "./api.ts";

const WHOLE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export type Aim =
  | { kind: "endpoint"; id: string }
  | { kind: "message"; id: string }
  | { kind: "event"; id: string }
  /** The beginning of a message's id. */
  | { kind: "beginning"; text: string }
  | { kind: "words"; text: string };

export function aimOf(typed: string): Aim {
  const text = typed.trim();
  const lower = text.toLowerCase();
  if (/^ep_[0-9a-f]{32}$/.test(lower)) return { kind: "endpoint", id: lower };
  if (/^evt_[0-9a-f]{32}$/.test(lower)) return { kind: "event", id: lower };
  if (WHOLE.test(lower)) return { kind: "message", id: lower };
  if (/^[0-9a-f]{8}(-[0-9a-f-]*)?$/.test(lower)) return { kind: "beginning", text: lower };
  return { kind: "words", text };
}

/** A message's id begins with the milliseconds of its acceptance: its beginning is a span of time. */
export function spanOf(beginning: string): { from: string; to: string } {
  const digits = beginning.replaceAll("-", "").slice(0, 12);
  const from = Number.parseInt(digits.padEnd(12, "0"), 16);
  const to = Number.parseInt(digits.padEnd(12, "f"), 16);
  // The id is made a moment before the message is accepted.
  return { from: new Date(from - 1000).toISOString(), to: new Date(to + 5000).toISOString() };
}

/** Messages whose id begins so, of the span that it names; at most 2,000 are looked at. */
export async function withBeginning(beginning: string): Promise<LogItem[]> {
  const { from, to } = spanOf(beginning);
  const found: LogItem[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 4; page++) {
    const query: { start_time: string; end_time: string; limit: number; cursor?: string } = {
      start_time: from,
      end_time: to,
      limit: 500,
    };
    if (cursor) query.cursor = cursor;
    const next = pageOf<LogItem>(await api.GET("/v1/logs", { params: { query } }));
    found.push(...next.items.filter((item) => item.message_id.startsWith(beginning)));
    cursor = next.nextCursor;
    if (!cursor || found.length > 20) break;
  }
  return found;
}
