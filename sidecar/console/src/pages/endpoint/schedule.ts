// A retry schedule as one writes it by hand: "5s, 5m, 2h".
import type { Schemas } from "../../api.ts";

const units: Record<string, number> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** The seconds of a written list; the words that could not be read. */
export function parseGaps(text: string): { gaps: number[]; wrong: string | null } {
  const gaps: number[] = [];
  for (const part of text.split(/[,;\s]+(?=\d|$)/).map((one) => one.trim())) {
    if (!part) continue;
    const match = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d)?$/.exec(part);
    const seconds = match ? Number(match[1]) * (units[match[2] ?? "s"] ?? 1) : Number.NaN;
    if (!Number.isFinite(seconds) || seconds > 2_592_000) return { gaps, wrong: part };
    gaps.push(seconds);
  }
  return { gaps, wrong: gaps.length > 100 ? "more than 100 gaps" : null };
}

export function writeGaps(gaps: readonly number[]): string {
  return gaps
    .map((gap) => {
      for (const [unit, size] of [
        ["d", 86_400],
        ["h", 3600],
        ["m", 60],
      ] as const)
        if (gap >= size && gap % size === 0) return `${gap / size}${unit}`;
      return `${gap}s`;
    })
    .join(", ");
}

/** What the form holds of a schedule. */
export interface ScheduleDraft {
  kind: "default" | "hookbridge" | "standard-webhooks" | "own";
  slow: string;
  /** The list after a 429; empty where one list serves for both. */
  fast: string;
}

export function draftOf(schedule: Schemas["RetrySchedule"] | null): ScheduleDraft {
  if (schedule === null) return { kind: "default", slow: "", fast: "" };
  if (schedule === "hookbridge" || schedule === "standard-webhooks") return { kind: schedule, slow: "", fast: "" };
  if (Array.isArray(schedule)) return { kind: "own", slow: writeGaps(schedule), fast: "" };
  const slow = writeGaps(schedule.slow ?? []);
  const fast = writeGaps(schedule.fast ?? []);
  return { kind: "own", slow, fast: fast === slow ? "" : fast };
}

/** The schedule that a draft means; an empty list takes the endpoint's own away. */
export function scheduleOf(draft: ScheduleDraft): Schemas["RetrySchedule"] {
  if (draft.kind === "default") return [];
  if (draft.kind !== "own") return draft.kind;
  const slow = parseGaps(draft.slow).gaps;
  const fast = parseGaps(draft.fast).gaps;
  if (!fast.length) return slow;
  return slow.length ? { slow, fast } : { fast };
}
