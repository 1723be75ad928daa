// The one polite live region: changes are said once.
import { signal } from "@preact/signals";

const said = signal("");

export function announce(text: string) {
  said.value = "";
  requestAnimationFrame(() => {
    said.value = text;
  });
}

export const Announcer = () => (
  <div class="unseen" role="status" aria-live="polite">
    {said.value}
  </div>
);
