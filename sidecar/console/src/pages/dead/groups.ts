// The groups of the dead letter queue, put together from as many calls as were asked for.

import { api, ok, type Schemas } from "../../api.ts";
import { type Read, useRead } from "../../query.ts";
import { refreshSeconds } from "../../settings.ts";

type Group = Schemas["DeadLetterGroup"];

export interface Groups {
  groups: Group[];
  /** How many messages were looked at. */
  looked: number;
  hasMore: boolean;
}

async function readGroups(endpoint: string | null, calls: number, signal: AbortSignal): Promise<Groups> {
  const found = new Map<string, Group>();
  let looked = 0;
  let cursor: string | null = null;
  for (let call = 0; call < calls; call++) {
    const query = { ...(endpoint ? { endpoint_id: endpoint } : {}), ...(cursor ? { cursor } : {}) };
    const page: Schemas["DeadLetterGroups"] = ok(await api.GET("/v1/dlq/groups", { params: { query }, signal }));
    looked += page.read;
    for (const group of page.groups) merge(found, group);
    cursor = page.has_more ? page.next_cursor : null;
    if (cursor === null) break;
  }
  const groups = [...found.values()].sort((a, b) => b.count - a.count || a.cause.localeCompare(b.cause));
  return { groups, looked, hasMore: cursor !== null };
}

/** A later call has older messages: the first of the two has the newest. */
function merge(found: Map<string, Group>, group: Group): void {
  const key = `${group.endpoint_id} ${group.cause}`;
  const known = found.get(key);
  if (!known) {
    found.set(key, group);
    return;
  }
  // Times of the API sort as texts.
  const [first = "", ...later] = [
    known.first_failed_at,
    group.first_failed_at,
    known.last_failed_at,
    group.last_failed_at,
  ].sort();
  const last = later.at(-1) ?? first;
  found.set(key, { ...known, count: known.count + group.count, first_failed_at: first, last_failed_at: last });
}

export function useGroups(endpoint: string | null, calls: number): Read<Groups> {
  return useRead(`dead/groups/${endpoint ?? ""}/${calls}`, (signal) => readGroups(endpoint, calls, signal), {
    refresh: refreshSeconds() && Math.max(refreshSeconds(), calls * 2),
  });
}
