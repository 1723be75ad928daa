// Endpoints by name, and what is wrong with them.
import { api, type EndpointItem, type Health, type PageOf, pageOf } from "./api.ts";
import { type Read, useRead } from "./query.ts";
import { session } from "./session.ts";
import type { Option } from "./ui/Combobox.tsx";

/** More are not named or offered; an id can always be pasted. */
const MOST = 2000;

async function readAll(signal: AbortSignal): Promise<EndpointItem[]> {
  const all: EndpointItem[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor === null ? { limit: 100 } : { limit: 100, cursor };
    const page = pageOf<EndpointItem>(await api.GET("/v1/endpoints", { params: { query }, signal }));
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && all.length < MOST);
  return all;
}

/** One read for all that name endpoints or let one choose. */
export const useEndpoints = (): Read<EndpointItem[]> => useRead(session.value ? "endpoints/all" : null, readAll);

/** Health of all endpoints, up to as many pages as are asked for. */
export async function readHealth(signal: AbortSignal, cursor: string | null, pages = 1): Promise<PageOf<Health>> {
  const items: Health[] = [];
  let next = cursor;
  for (let page = 0; page < pages; page++) {
    const query = { limit: 100, ...(next ? { cursor: next } : {}) };
    const read = pageOf<Health>(await api.GET("/v1/endpoints/health", { params: { query }, signal }));
    items.push(...read.items);
    next = read.nextCursor;
    if (!next) break;
  }
  return { items, nextCursor: next, searchedTo: null };
}

export const shortUrl = (url: string): string => url.replace(/^https?:\/\//, "").replace(/\/$/, "");

/** The owner's words, else the address without its scheme. */
export const nameOf = (endpoint: Pick<EndpointItem, "description" | "url">): string =>
  endpoint.description?.trim() || shortUrl(endpoint.url);

/** For those who choose one. */
export function useEndpointChoice(): { options: Option[]; nameById: (id: string | null | undefined) => string } {
  const items = useEndpoints().data ?? [];
  return {
    options: items.map((one) => ({ value: one.id, text: nameOf(one), detail: one.url })),
    nameById: (id) => {
      const found = items.find((one) => one.id === id);
      return found ? nameOf(found) : (id ?? "");
    },
  };
}

/** What keeps an endpoint from taking its messages; null where nothing does. */
export function troubleOf(one: Health): { tone: "bad" | "warn"; icon: string; words: string } | null {
  if (one.paused) return { tone: "warn", icon: "pause", words: "Paused" };
  if (one.breaker === "open") return { tone: "bad", icon: "warn", words: "Breaker open" };
  if (one.standing === "failing") return { tone: "bad", icon: "cross", words: "Failing" };
  return null;
}
