// A retry schedule as a line: a dot for each attempt, on a scale that shows seconds and days at once.

import { duration } from "../words.ts";

interface Props {
  /** Seconds between the attempts; the last repeats. */
  gaps: readonly number[];
  maxAttempts: number;
  /** Attempts that were made since the schedule began. */
  taken?: number;
  label?: string;
}

export function ScheduleLine({ gaps, maxAttempts, taken = 0, label = "Retry schedule" }: Props) {
  const moments = attempts(gaps, maxAttempts);
  const end = moments.at(-1) ?? 0;
  const after = moments.slice(1).map(duration).join(", ");
  const words = `${label}: ${maxAttempts} attempts${after ? `, ${after} after the first` : ""}`;
  return (
    <figure class="schedule">
      <svg role="img" aria-label={words} height="44" width="100%">
        <line class="schedule-line" x1="2%" x2="98%" y1="14" y2="14" />
        {moments.map((at, index) => (
          <circle
            key={index}
            class={index < taken ? "schedule-dot taken" : "schedule-dot"}
            cx={`${place(at, end)}%`}
            cy="14"
            r="5"
          />
        ))}
        {labelled(moments, end).map(({ at, anchor }) => (
          <text key={at} class="schedule-text" x={`${place(at, end)}%`} y="38" text-anchor={anchor}>
            {at === 0 ? "at once" : duration(at)}
          </text>
        ))}
      </svg>
      <figcaption>
        {maxAttempts} {maxAttempts === 1 ? "attempt" : "attempts"}
        {end > 0 && <>, the last {duration(end)} after the first</>}
        {taken > 0 && <>; {taken} made</>}
      </figcaption>
    </figure>
  );
}

/** When each attempt comes, in seconds after the first, without what chance adds. */
function attempts(gaps: readonly number[], count: number): number[] {
  const moments = [0];
  for (let index = 0; moments.length < Math.min(count, 100); index++) {
    moments.push((moments.at(-1) ?? 0) + (gaps[Math.min(index, gaps.length - 1)] ?? 0));
  }
  return moments;
}

/** A place on the line, in percent. The scale is logarithmic, as the gaps of a schedule are. */
function place(at: number, end: number): number {
  if (end <= 0) return 2;
  return 2 + (Math.log1p(at) / Math.log1p(end)) * 96;
}

interface Mark {
  at: number;
  anchor: "start" | "middle" | "end";
}

/** Those moments whose words do not lie on one another: the first, the last, and what has room between. */
function labelled(moments: number[], end: number): Mark[] {
  const room = 20;
  const marks: Mark[] = [{ at: 0, anchor: "start" }];
  if (end <= 0) return marks;
  let free = place(0, end) + room;
  for (const at of moments.slice(1, -1)) {
    const x = place(at, end);
    if (x < free || x > 98 - room * 1.2) continue;
    marks.push({ at, anchor: "middle" });
    free = x + room;
  }
  marks.push({ at: end, anchor: "end" });
  return marks;
}
