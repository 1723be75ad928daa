// A page looks at 20,000 messages at most. Where it found too few, the search goes on page by page until one stops it.
import { useEffect, useRef, useState } from "preact/hooks";
import type { PageOf } from "../../api.ts";
import { useAction } from "../../query.ts";

export interface Search<T> {
  /** What was found beyond the first page. */
  found: T[];
  /** Where it goes on; null at the end. */
  cursor: string | null;
  searchedTo: string | null;
  /** Pages looked at, the first with them. */
  pages: number;
}

/** Rows that are kept on one page at most. */
const MOST = 1000;

export function useSearch<T>(
  key: string,
  first: PageOf<T> | undefined,
  wanted: number,
  readPage: (cursor: string, signal: AbortSignal) => Promise<PageOf<T>>,
) {
  const [state, setState] = useState<{ key: string; search: Search<T> } | null>(null);
  const stop = useRef<AbortController>(undefined);
  const search = state?.key === key ? state.search : null;

  const goOn = useAction(async () => {
    if (!first) return;
    const controller = new AbortController();
    stop.current = controller;
    let now: Search<T> = search ?? { found: [], cursor: first.nextCursor, searchedTo: first.searchedTo, pages: 1 };
    const target = Math.min(first.items.length + now.found.length + wanted, MOST);
    while (now.cursor && !controller.signal.aborted && first.items.length + now.found.length < target) {
      let page: PageOf<T>;
      try {
        page = await readPage(now.cursor, controller.signal);
      } catch (error) {
        if (controller.signal.aborted) break;
        throw error;
      }
      now = {
        found: [...now.found, ...page.items],
        cursor: page.nextCursor,
        searchedTo: page.searchedTo ?? now.searchedTo,
        pages: now.pages + 1,
      };
      setState({ key, search: now });
    }
  });

  // Another filter, or leaving the page, stops it.
  useEffect(() => () => stop.current?.abort(), [key]);

  return { search, goOn: goOn.run, running: goOn.busy, error: goOn.error, stop: () => stop.current?.abort() };
}
