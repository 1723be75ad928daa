// The keys that work everywhere, and the list of them.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { go } from "./address.ts";
import { pages } from "./pages.ts";
import { paletteOpen } from "./palette.tsx";
import { signedOut } from "./session.ts";

export const helpOpen = signal(false);

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])"));

/** Moves between the rows of the page's table: the first link of a row has the focus. */
function moveRow(step: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>("main tbody tr")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  (row?.querySelector<HTMLElement>("a") ?? row?.querySelector<HTMLElement>("button, input"))?.focus();
}

export function useKeyboard() {
  useEffect(() => {
    let after = "";
    let timer = 0;
    const onKey = (event: KeyboardEvent) => {
      if (signedOut.value) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        paletteOpen.value = true;
        return;
      }
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        typing(event.target) ||
        document.querySelector("dialog[open]")
      )
        return;
      if (after === "g") {
        after = "";
        const entry = pages.find(({ nav }) => nav?.key === event.key);
        if (entry) {
          event.preventDefault();
          go(entry.path);
        }
        return;
      }
      if (event.key === "g") {
        after = "g";
        clearTimeout(timer);
        timer = setTimeout(() => {
          after = "";
        }, 1200);
      } else if (event.key === "?") {
        helpOpen.value = true;
      } else if (event.key === "/") {
        event.preventDefault();
        const find = document.querySelector<HTMLElement>("main input[type=search]");
        if (find) find.focus();
        else paletteOpen.value = true;
      } else if (event.key === "j") moveRow(1);
      else if (event.key === "k") moveRow(-1);
      else if (event.key === "x") {
        const row = document.activeElement?.closest("tr");
        row?.querySelector<HTMLElement>("input[type=checkbox]")?.click();
      } else if (event.key === "n") go("/endpoints/new");
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
