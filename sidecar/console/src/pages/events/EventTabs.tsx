import { A } from "../../ui/A.tsx";

/** The two lists: what was sent, and what may be sent. */
export function EventTabs({ at }: { at: "events" | "types" }) {
  return (
    <nav class="tabs" aria-label="Events and the catalogue">
      <A to="/events" aria-current={at === "events" ? "true" : undefined}>
        Sent
      </A>
      <A to="/event-types" aria-current={at === "types" ? "true" : undefined}>
        Catalogue
      </A>
    </nav>
  );
}
