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
  /** Of the event that it belongs to. */
  type: string | null;
  tenant: string | null;
  /** The ordering key. */
  order: string | null;
}

/** Those that are folded away. */
export const moreNames = ["from", "to", "type", "tenant", "order", "error", "cause"] as const;
export const filterNames = ["status", "endpoint", "q", ...moreNames] as const;

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
    type: get("type"),
    tenant: get("tenant"),
    order: get("order"),
  };
}

/** Whether anything but a fixed endpoint narrows the list. */
export const narrows = (filter: Filter, fixed: boolean): boolean =>
  filter.status.length > 0 ||
  (!fixed && filter.endpoint !== null) ||
  filter.q !== null ||
  moreNames.some((name) => filter[name]);

/** As `GET /v1/logs` takes it. */
export const asQuery = (filter: Filter) => ({
  ...(filter.status.length ? { status: filter.status } : {}),
  ...(filter.endpoint ? { endpoint_id: filter.endpoint } : {}),
  ...(filter.from ? { start_time: filter.from } : {}),
  ...(filter.to ? { end_time: filter.to } : {}),
  ...(filter.q ? { q: filter.q } : {}),
  ...(filter.error ? { error: filter.error } : {}),
  ...(filter.cause ? { cause: filter.cause } : {}),
  ...(filter.type ? { event_type: filter.type } : {}),
  ...(filter.tenant ? { tenant: filter.tenant } : {}),
  ...(filter.order ? { ordering_key: filter.order } : {}),
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
  if (filter.type) parts.push(`event type ${filter.type}`);
  if (filter.tenant) parts.push(`tenant “${filter.tenant}”`);
  if (filter.order) parts.push(`ordering key “${filter.order}”`);
  return parts.join(", ");
}
