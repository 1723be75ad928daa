// Which messages a list shows: read from the address, written in words, handed to reads and to actions on many.
import { query } from "../../address.ts";
import type { Status } from "../../api.ts";
import { statuses, statusWord } from "../../words.ts";

export interface Filter {
  status: Status[];
  endpoint: string | null;
  from: string | null;
  to: string | null;
  q: string | null;
  error: string | null;
  cause: string | null;
}

export const filterNames = ["status", "endpoint", "from", "to", "q", "error", "cause"] as const;

export function filterOf(endpoint?: string): Filter {
  const get = (name: string) => query.value.get(name) || null;
  const asked = (get("status") ?? "").split(",");
  return {
    status: statuses.filter((status) => asked.includes(status)),
    endpoint: endpoint ?? get("endpoint"),
    from: get("from"),
    to: get("to"),
    q: get("q"),
    error: get("error"),
    cause: get("cause"),
  };
}

/** Whether anything but a fixed endpoint narrows the list. */
export const narrows = (filter: Filter, fixed: boolean): boolean =>
  filter.status.length > 0 ||
  (!fixed && filter.endpoint !== null) ||
  [filter.from, filter.to, filter.q, filter.error, filter.cause].some(Boolean);

/** As `GET /v1/logs` takes it. */
export const asQuery = (filter: Filter) => ({
  ...(filter.status.length ? { status: filter.status } : {}),
  ...(filter.endpoint ? { endpoint_id: filter.endpoint } : {}),
  ...(filter.from ? { start_time: filter.from } : {}),
  ...(filter.to ? { end_time: filter.to } : {}),
  ...(filter.q ? { q: filter.q } : {}),
  ...(filter.error ? { error: filter.error } : {}),
  ...(filter.cause ? { cause: filter.cause } : {}),
});

/** The filter in words, as an action on many shows it before it acts. */
export function inWords(filter: Filter, endpointName: string): string {
  const parts = [filter.status.length ? filter.status.map(statusWord).join(" or ") : "any status"];
  if (filter.endpoint) parts.push(`endpoint ${endpointName}`);
  if (filter.from) parts.push(`accepted from ${filter.from}`);
  if (filter.to) parts.push(`accepted before ${filter.to}`);
  if (filter.q) parts.push(`id or idempotency key “${filter.q}”`);
  if (filter.error) parts.push(`last error with “${filter.error}”`);
  if (filter.cause) parts.push(`cause “${filter.cause}”`);
  return parts.join(", ");
}
