// One call at a time over many messages: by a filter in pages of 1,000 with a cursor, or by their ids in batches of 100.

import { ApiError, api, ok, type Schemas, type Status } from "../api.ts";

export type Operation = "replay" | "cancel" | "delete" | "replay_events";

export interface Filter {
  status?: Status[];
  endpoint_id?: string;
  created_after?: string;
  created_before?: string;
  cause?: string;
}

/** As `events.replay` takes it, but for where a call begins and how much it does. */
export type Events = Pick<Schemas["ReplayEvents"], "since" | "before" | "type" | "rate"> & { endpoint_id: string };

export interface BulkRequest {
  operation: Operation;
  /** What finds them, or which they are, or what was missed. */
  filter?: Filter;
  ids?: string[];
  /** Which events an endpoint is given that it has missed. */
  events?: Events;
  title: string;
  /** The filter in words, as "Failed with HTTP 503 at Billing". */
  words: string;
  onDone?: () => void;
}

/** What a run has come to so far. */
export interface Tally {
  done: number;
  /** By code, those that were refused. */
  refused: Record<string, number>;
  examples: string[];
  /** Of a run by ids, those to be tried again. */
  failed: string[];
}

/** Where a run stands, so that it can go on. */
export interface Place {
  /** Of the statuses that a replay takes one at a time, or of the ids. */
  at: number;
  cursor: string | null;
  ended: boolean;
  /** Before when no further call is made, by `performance.now()`: what was asked for goes out until then. */
  notBefore?: number;
}

export const emptyTally = (): Tally => ({ done: 0, refused: {}, examples: [], failed: [] });
export const beginning = (): Place => ({ at: 0, cursor: null, ended: false });

const EXAMPLES = 5;
const LIMIT = 1000;
const BATCH = 100;

interface Page {
  done: number;
  ids: string[];
  refused: Record<string, number>;
  next: string | null;
}

/** Makes one call, and says where the next begins. */
export async function step(request: BulkRequest, place: Place, tally: Tally, dryRun: boolean): Promise<[Place, Tally]> {
  if (request.events) return missed(request.events, place, tally, dryRun);
  if (request.ids) return dryRun ? namedOnly(request.ids, tally) : batch(request.operation, request.ids, place, tally);
  const filter = request.filter ?? {};
  // A replay takes one status a call; the others take them all at once.
  const rounds = request.operation === "replay" ? (filter.status ?? (["failed_permanent"] as const)) : [null];
  const status = rounds[place.at] ?? null;
  const page = await filtered(request.operation, filter, status, place.cursor, dryRun);
  const made = added(tally, page);
  if (page.next !== null) return [{ ...place, cursor: page.next }, made];
  const at = place.at + 1;
  return [{ at, cursor: null, ended: at >= rounds.length }, made];
}

/** How many events a call takes: with a rate those of a few seconds, so that Stop is soon heeded. */
const biteOf = (rate: number | null | undefined) => (rate ? Math.min(LIMIT, Math.max(1, rate * 5)) : LIMIT);

async function missed(events: Events, place: Place, tally: Tally, dryRun: boolean): Promise<[Place, Tally]> {
  const { endpoint_id, ...rest } = events;
  const answer = ok(
    await api.POST("/v1/endpoints/{endpoint_id}/replay-events", {
      params: { path: { endpoint_id } },
      body: {
        ...rest,
        limit: dryRun ? LIMIT : biteOf(events.rate),
        dry_run: dryRun,
        ...(place.cursor === null ? {} : { cursor: place.cursor }),
      },
    }),
  );
  const next = answer.has_more ? answer.next_cursor : null;
  const made = added(tally, { done: answer.replayed, ids: answer.event_ids, refused: {}, next });
  const notBefore = performance.now() + (dryRun ? 0 : answer.spread_over_seconds * 1000);
  return [{ ...place, cursor: next, ended: next === null, notBefore }, made];
}

function added(tally: Tally, page: Page): Tally {
  const refused = { ...tally.refused };
  for (const [code, count] of Object.entries(page.refused)) refused[code] = (refused[code] ?? 0) + count;
  return {
    done: tally.done + page.done,
    refused,
    examples: [...tally.examples, ...page.ids].slice(0, EXAMPLES),
    failed: tally.failed,
  };
}

async function filtered(
  operation: Operation,
  filter: Filter,
  status: Status | null,
  cursor: string | null,
  dryRun: boolean,
): Promise<Page> {
  const { status: statuses, ...rest } = filter;
  const query = { ...rest, limit: LIMIT, dry_run: dryRun, ...(cursor === null ? {} : { cursor }) };
  if (operation === "replay") {
    const asked = status === "pending_retry" ? "pending_retry" : "failed_permanent";
    const answer = ok(await api.POST("/v1/messages/replay-all", { params: { query: { ...query, status: asked } } }));
    const { replayed, replayed_message_ids, next_cursor } = answer;
    return { done: replayed, ids: replayed_message_ids, refused: counts(answer.refused), next: next_cursor ?? null };
  }
  if (operation === "cancel") {
    const answer = ok(await api.POST("/v1/messages/cancel-all", { params: { query } }));
    const { cancelled, cancelled_message_ids, next_cursor } = answer;
    return { done: cancelled, ids: cancelled_message_ids, refused: counts(answer.refused), next: next_cursor ?? null };
  }
  const which = statuses && statuses.length > 0 ? { status: statuses } : {};
  const answer = ok(await api.POST("/v1/messages/delete-all", { params: { query: { ...query, ...which } } }));
  const { deleted, deleted_message_ids, next_cursor } = answer;
  return { done: deleted, ids: deleted_message_ids, refused: {}, next: next_cursor ?? null };
}

function counts(refused: unknown): Record<string, number> {
  return (refused ?? {}) as Record<string, number>;
}

/** What is named by its ids needs no count of the server. */
function namedOnly(ids: string[], tally: Tally): [Place, Tally] {
  return [
    { at: ids.length, cursor: null, ended: true },
    { ...tally, done: ids.length, examples: ids.slice(0, EXAMPLES) },
  ];
}

async function batch(operation: Operation, ids: string[], place: Place, tally: Tally): Promise<[Place, Tally]> {
  // There is no batch of cancels: a few by themselves, so that Stop is soon heeded.
  const size = operation === "cancel" ? 5 : BATCH;
  const these = ids.slice(place.at, place.at + size);
  const outcomes = await Promise.resolve(
    operation === "replay" ? replayed(these) : operation === "delete" ? deleted(these) : cancelled(these),
  );
  let made = tally;
  for (const [id, refusal] of outcomes) {
    const page = {
      done: refusal === null ? 1 : 0,
      ids: [id],
      refused: refusal === null ? {} : { [refusal]: 1 },
      next: null,
    };
    made = added(made, page);
    if (refusal !== null) made = { ...made, failed: [...made.failed, id] };
  }
  const at = place.at + these.length;
  return [{ at, cursor: null, ended: at >= ids.length }, made];
}

type Outcome = [id: string, refusal: string | null];

async function replayed(ids: string[]): Promise<Outcome[]> {
  const answer = ok(await api.POST("/v1/messages/replay-batch", { body: { message_ids: ids } }));
  return answer.results.map((one) => [one.message_id, one.status === "replayed" ? null : (one.error ?? "failed")]);
}

async function deleted(ids: string[]): Promise<Outcome[]> {
  const answer = ok(await api.POST("/v1/messages/delete-batch", { body: { message_ids: ids } }));
  return answer.results.map((one) => [one.message_id, one.outcome === "deleted" ? null : one.outcome]);
}

function cancelled(ids: string[]): Promise<Outcome[]> {
  return Promise.all(
    ids.map(async (id): Promise<Outcome> => {
      try {
        ok(await api.POST("/v1/messages/{message_id}/cancel", { params: { path: { message_id: id } } }));
        return [id, null];
      } catch (error) {
        if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 401) {
          return [id, error.code];
        }
        throw error;
      }
    }),
  );
}
