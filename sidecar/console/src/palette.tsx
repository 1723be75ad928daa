// Ctrl-K: pages, endpoints by name or id, messages by id. The list combobox of the APG, in a dialog.
import { signal } from "@preact/signals";
import { useId, useRef, useState } from "preact/hooks";
import { go } from "./address.ts";
import { nameOf, shortUrl, useEndpoints } from "./endpoints.ts";
import { aimOf } from "./jump.ts";
import { pages } from "./pages.ts";
import { Dialog } from "./ui/Dialog.tsx";
import { Icon } from "./ui/Icon.tsx";

export const paletteOpen = signal(false);

interface Goal {
  to: string;
  icon: string;
  text: string;
  detail?: string;
}

const close = () => {
  paletteOpen.value = false;
};

function useGoals(typed: string): Goal[] {
  const endpoints = useEndpoints().data ?? [];
  const words = typed.trim().toLowerCase();
  const goals: Goal[] = [];
  const aim = aimOf(typed);
  if (aim.kind === "message")
    goals.push({ to: `/messages/${aim.id}`, icon: "messages", text: "Open message", detail: aim.id });
  if (aim.kind === "event") goals.push({ to: `/events/${aim.id}`, icon: "event", text: "Open event", detail: aim.id });
  if (aim.kind === "endpoint")
    goals.push({ to: `/endpoints/${aim.id}`, icon: "endpoint", text: "Open endpoint", detail: aim.id });
  for (const { path, title, nav } of pages)
    if (nav && title.toLowerCase().includes(words)) goals.push({ to: path, icon: nav.icon, text: title });
  if ("new endpoint".includes(words)) goals.push({ to: "/endpoints/new", icon: "plus", text: "New endpoint" });
  if (words) {
    for (const one of endpoints) {
      if (goals.length > 30) break;
      if (!`${nameOf(one)} ${one.url} ${one.id}`.toLowerCase().includes(words) || aim.kind === "endpoint") continue;
      goals.push({
        to: `/endpoints/${one.id}`,
        icon: "endpoint",
        text: nameOf(one),
        detail: one.description ? shortUrl(one.url) : one.id,
      });
    }
    if (aim.kind === "words" || aim.kind === "beginning")
      goals.push({
        to: `/messages?q=${encodeURIComponent(typed.trim())}`,
        icon: "search",
        text: "Look for it in messages",
        detail: typed.trim(),
      });
  }
  return goals;
}

function Choices() {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const goals = useGoals(typed);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const open = (goal: Goal | undefined) => {
    if (!goal) return;
    close();
    go(goal.to);
  };
  const move = (to: number) => {
    const next = (to + goals.length) % Math.max(1, goals.length);
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  return (
    <div class="palette">
      <input
        type="text"
        role="combobox"
        aria-label="Page, endpoint or message"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={goals.length ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder="Page, endpoint, or message id"
        autocomplete="off"
        spellcheck={false}
        autofocus
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") move(at + 1);
          else if (event.key === "ArrowUp") move(at - 1);
          else if (event.key === "Enter") open(goals[at]);
          else return;
          event.preventDefault();
        }}
      />
      <div id={id} ref={list} role="listbox" aria-label="Where to go">
        {goals.map((goal, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={goal.to}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => open(goal)}
            onMouseMove={() => setAt(index)}
          >
            <Icon name={goal.icon} />
            <span>{goal.text}</span>
            {goal.detail && <span class="fine clip">{goal.detail}</span>}
          </div>
        ))}
        {!goals.length && (
          <div role="option" tabIndex={-1} aria-selected={false} aria-disabled="true">
            Nothing matches
          </div>
        )}
      </div>
    </div>
  );
}

export const Palette = () => (
  <Dialog open={paletteOpen.value} title="Go to" onClose={close}>
    <Choices />
  </Dialog>
);
