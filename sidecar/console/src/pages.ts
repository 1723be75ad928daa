// Each page: the path behind /console, its title, and what shows it.
import type { ComponentType } from "preact";
import {
  Activity,
  Dead,
  Endpoint,
  Event,
  Events,
  EventType,
  EventTypes,
  Examples,
  Exports,
  Keys,
  Live,
  Message,
  NewEndpoint,
  Settings,
  Verify,
} from "./later.tsx";
import { Endpoints } from "./pages/Endpoints.tsx";
import { Messages } from "./pages/Messages.tsx";
import { Overview } from "./pages/Overview.tsx";

export interface PageEntry {
  /** Parts that begin with a colon become properties of the component. */
  path: string;
  title: string;
  // biome-ignore lint/suspicious/noExplicitAny: each page has the properties that its path names
  page: ComponentType<any>;
  /** Its place in the navigation: an icon, and the letter that follows `g`. */
  nav?: { icon: string; key: string; group: 1 | 2 | 3 };
}

export const pages: PageEntry[] = [
  { path: "/", title: "Overview", page: Overview, nav: { icon: "overview", key: "o", group: 1 } },
  { path: "/endpoints", title: "Endpoints", page: Endpoints, nav: { icon: "endpoint", key: "e", group: 1 } },
  { path: "/endpoints/new", title: "New endpoint", page: NewEndpoint },
  { path: "/endpoints/:id", title: "Endpoint", page: Endpoint },
  { path: "/messages", title: "Messages", page: Messages, nav: { icon: "messages", key: "m", group: 1 } },
  { path: "/messages/:id", title: "Message", page: Message },
  { path: "/events", title: "Events", page: Events, nav: { icon: "event", key: "t", group: 1 } },
  { path: "/events/:id", title: "Event", page: Event },
  { path: "/event-types", title: "Event types", page: EventTypes },
  { path: "/event-types/:name", title: "Event type", page: EventType },
  { path: "/dead", title: "Dead letters", page: Dead, nav: { icon: "dead", key: "d", group: 1 } },
  { path: "/dead/:cause", title: "Dead letters", page: Dead },
  { path: "/live", title: "Live", page: Live, nav: { icon: "live", key: "l", group: 1 } },
  { path: "/examples", title: "Examples", page: Examples, nav: { icon: "code", key: "x", group: 2 } },
  { path: "/verify", title: "Verify", page: Verify, nav: { icon: "verify", key: "v", group: 2 } },
  { path: "/exports", title: "Exports", page: Exports, nav: { icon: "export", key: "p", group: 2 } },
  { path: "/keys", title: "API keys", page: Keys, nav: { icon: "key", key: "k", group: 3 } },
  { path: "/activity", title: "Activity", page: Activity, nav: { icon: "activity", key: "a", group: 3 } },
  { path: "/settings", title: "Settings", page: Settings, nav: { icon: "settings", key: "s", group: 3 } },
];

/** The page of a path, and what its parts name. */
export function pageAt(path: string): { entry: PageEntry; named: Record<string, string> } | undefined {
  const parts = path.split("/").filter(Boolean);
  for (const entry of pages) {
    const pattern = entry.path.split("/").filter(Boolean);
    if (pattern.length !== parts.length) continue;
    const named: Record<string, string> = {};
    const fits = pattern.every((part, index) => {
      const given = parts[index] ?? "";
      if (!part.startsWith(":")) return part === given;
      try {
        named[part.slice(1)] = decodeURIComponent(given);
        return true;
      } catch {
        return false;
      }
    });
    if (fits) return { entry, named };
  }
  return undefined;
}
