// The address is the state: what is shown can be opened elsewhere, and Back returns to it.
import { signal } from "@preact/signals";
import { root } from "./api.ts";

interface Kept {
  /** Counts the entries of this tab's history. */
  at?: number;
  scroll?: number;
  /** Which link or control had the focus. */
  focus?: string;
}

const here = () => {
  const under = location.pathname.startsWith(root) ? location.pathname.slice(root.length) : location.pathname;
  return under === "" ? "/" : under;
};

/** What stands behind `/console`. */
export const path = signal(here());
export const query = signal(new URLSearchParams(location.search));
/** Whether the page came by Back or Forward: its rows then stay as they were left. */
export const cameBack = signal(false);

/** The value of a query parameter; absent and empty are the same. */
export const param = (name: string): string | null => query.value.get(name) || null;

/** The full address of a path of the console. */
export const href = (to: string) => root + (to === "/" ? "" : to);

const kept = (): Kept => (history.state as Kept | null) ?? {};

function describeFocus(): string | undefined {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || active === document.body) return undefined;
  if (active.id) return `#${CSS.escape(active.id)}`;
  const link = active.getAttribute("href");
  return link ? `a[href="${CSS.escape(link)}"]` : undefined;
}

function keep() {
  const state: Kept = { ...kept(), scroll: scrollY };
  const focus = describeFocus();
  if (focus) state.focus = focus;
  history.replaceState(state, "");
}

function read() {
  path.value = here();
  query.value = new URLSearchParams(location.search);
}

export function go(to: string, { replace = false } = {}) {
  const address = href(to);
  if (replace) {
    history.replaceState(kept(), "", address);
  } else {
    keep();
    history.pushState({ at: (kept().at ?? 0) + 1 }, "", address);
    scrollTo(0, 0);
  }
  cameBack.value = false;
  read();
  if (!replace) focusTitle();
}

/** The new page's title takes the focus as soon as it stands; a page that is loaded first takes a moment. */
function focusTitle() {
  const until = performance.now() + 2000;
  const address = location.href;
  const step = () => {
    const title = document.getElementById("title");
    if (title) title.focus({ preventScroll: true });
    else if (performance.now() < until && location.href === address) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

/** Changes some parameters of the query; null takes one away. The page, its scroll and its focus stay. */
export function patchQuery(changes: Record<string, string | null>, { replace = false } = {}) {
  const next = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  if (text === new URLSearchParams(location.search).toString()) return;
  const address = location.pathname + (text && `?${text}`);
  keep();
  if (replace) history.replaceState(kept(), "", address);
  else history.pushState({ at: (kept().at ?? 0) + 1 }, "", address);
  cameBack.value = false;
  read();
}

/** The path with the present query and some of its parameters changed. */
export function withQuery(to: string, changes: Record<string, string | null>): string {
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries(changes)) if (value) next.set(name, value);
  const text = next.toString();
  return to + (text && `?${text}`);
}

/** Puts scroll and focus back, as soon as the page is long enough again, and at most for a second. */
function restore({ scroll = 0, focus }: Kept) {
  const until = performance.now() + 1000;
  const step = () => {
    const target = focus ? document.querySelector<HTMLElement>(focus) : null;
    const tall = document.documentElement.scrollHeight - innerHeight >= scroll;
    if ((tall && (target || !focus)) || performance.now() > until) {
      scrollTo(0, scroll);
      target?.focus({ preventScroll: true });
    } else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

export function startAddress() {
  history.scrollRestoration = "manual";
  let settled = 0;
  addEventListener("scroll", () => {
    clearTimeout(settled);
    settled = setTimeout(() => history.replaceState({ ...kept(), scroll: scrollY }, ""), 150);
  });
  addEventListener("popstate", () => {
    clearTimeout(settled);
    cameBack.value = true;
    read();
    restore(kept());
  });
  if (kept().scroll) {
    cameBack.value = true;
    restore(kept());
  }
}
