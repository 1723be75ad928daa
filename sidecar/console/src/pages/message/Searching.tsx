import { Time } from "../../ui/Time.tsx";
import { count } from "../../words.ts";
import type { Filter } from "./filter.ts";

interface SearchingProps {
  filter: Filter;
  to: string | null;
  pages: number;
  found: number;
  running: boolean;
  onGoOn: () => void;
  onStop: () => void;
}

/** How far a search that found little has looked, and its going on. */
export function Searching({ filter, to, pages, found, running, onGoOn, onStop }: SearchingProps) {
  const start = filter.from ? Date.parse(filter.from) : null;
  const end = filter.to ? Date.parse(filter.to) : Date.now();
  const at = to ? Date.parse(to) : null;
  const share =
    start !== null && at !== null && end > start ? Math.min(1, Math.max(0, (end - at) / (end - start))) : undefined;
  return (
    <div class="searching">
      <span role="status">
        {found ? `${count(found)} found so far. ` : "None found so far. "}
        {to ? (
          <>
            Searched back to <Time at={to} how="clock" />
          </>
        ) : (
          "Searched a part"
        )}
        , up to {count(pages * 20_000)} messages.
      </span>
      {(running || share !== undefined) && (
        <progress aria-label="Searched" {...(share === undefined ? {} : { value: share })} />
      )}
      {running ? (
        <button type="button" class="small" onClick={onStop}>
          Stop
        </button>
      ) : (
        <button type="button" class="small" onClick={onGoOn}>
          Go on
        </button>
      )}
    </div>
  );
}
