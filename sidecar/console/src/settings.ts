// What one browser prefers. It stays in the browser.
import { effect, signal } from "@preact/signals";
import { root } from "./api.ts";

const choices = {
  theme: ["system", "light", "dark"],
  /** Seconds between two reads of a page that is open; 0 reads when asked. */
  refresh: ["5", "2", "15", "60", "0"],
  times: ["local", "utc", "relative"],
  density: ["normal", "compact"],
  pageSize: ["50", "20", "100", "200"],
} as const;

type Name = keyof typeof choices;
type Choice<N extends Name> = (typeof choices)[N][number];
export const settingChoices: { readonly [N in Name]: readonly Choice<N>[] } = choices;

const where = (name: string) => `hookbridge.${name}:${root}`;

function setting<N extends Name>(name: N) {
  const allowed: readonly string[] = choices[name];
  const saved = localStorage.getItem(where(name));
  const value = signal((saved && allowed.includes(saved) ? saved : allowed[0]) as Choice<N>);
  let first = true;
  effect(() => {
    const chosen = value.value;
    if (!first) localStorage.setItem(where(name), chosen);
    first = false;
  });
  return value;
}

export const theme = setting("theme");
export const refresh = setting("refresh");
export const times = setting("times");
export const density = setting("density");
export const pageSize = setting("pageSize");

export const refreshSeconds = () => Number(refresh.value);

/** Runs before the first paint, so that no page flashes in the other theme. */
export function applySettings() {
  effect(() => {
    const { dataset } = document.documentElement;
    dataset.theme = theme.value;
    dataset.density = density.value;
  });
}
