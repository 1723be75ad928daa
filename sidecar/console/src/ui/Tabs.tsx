import { param, patchQuery } from "../address.ts";

export interface Tab {
  id: string;
  title: string;
  /** A number beside the title. */
  count?: number | undefined;
}

/** Tabs whose choice is in the address. Arrows move between them, as the APG has it. */
export function Tabs({ tabs, label, name = "tab" }: { tabs: Tab[]; label: string; name?: string }) {
  const chosen = chosenTab(tabs, name);
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    if (!tab) return;
    patchQuery({ [name]: tab.id, cursor: null }, { replace: true });
    document.getElementById(`tab-${tab.id}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map((tab) => (
        <button
          type="button"
          key={tab.id}
          role="tab"
          id={`tab-${tab.id}`}
          aria-selected={tab.id === chosen}
          aria-controls="tabpanel"
          tabIndex={tab.id === chosen ? 0 : -1}
          onClick={() => patchQuery({ [name]: tab.id, cursor: null })}
        >
          {tab.title}
          {tab.count ? <span class="count">{tab.count}</span> : null}
        </button>
      ))}
    </div>
  );
}

/** The tab that the address names, else the first. */
export function chosenTab(tabs: Tab[], name = "tab"): string {
  const asked = param(name);
  return (tabs.find((tab) => tab.id === asked) ?? tabs[0])?.id ?? "";
}

export function TabPanel({ tab, children }: { tab: string; children: preact.ComponentChildren }) {
  return (
    <div id="tabpanel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
      {children}
    </div>
  );
}
