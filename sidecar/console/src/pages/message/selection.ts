// Which messages are chosen in a list. It outlives the list, so that Back returns to it.
import { signal } from "@preact/signals";

const chosen = signal<ReadonlyMap<string, ReadonlySet<string>>>(new Map());
const nothing: ReadonlySet<string> = new Set();

export const chosenOf = (list: string): ReadonlySet<string> => chosen.value.get(list) ?? nothing;

export function choose(list: string, ids: ReadonlySet<string>) {
  chosen.value = new Map(chosen.value).set(list, ids);
}
