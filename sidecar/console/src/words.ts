// How numbers, times and states are written everywhere.
import type { Schemas, Status } from "./api.ts";

const whole = new Intl.NumberFormat("en");
export const count = (n: number): string => whole.format(n);

const compact = new Intl.NumberFormat("en", { notation: "compact" });
/** For narrow places. */
export const brief = (n: number): string => (n < 10_000 ? count(n) : compact.format(n));

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

export function ms(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value < 1000) return `${Math.round(value)} ms`;
  return value < 10_000 ? `${(value / 1000).toFixed(2)} s` : duration(value / 1000);
}

/** A length of time in its two largest units. */
export function duration(seconds: number): string {
  const units: [number, string][] = [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  let rest = Math.max(0, Math.round(seconds));
  if (rest === 0) return "0 s";
  const parts: string[] = [];
  for (const [size, name] of units) {
    const n = Math.floor(rest / size);
    if (n === 0) {
      if (parts.length) break;
      continue;
    }
    parts.push(`${n} ${name}`);
    rest -= n * size;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export const statuses: readonly Status[] = ["queued", "delivering", "pending_retry", "succeeded", "failed_permanent"];

const statusWords: Record<Status, string> = {
  queued: "Queued",
  delivering: "Delivering",
  pending_retry: "Pending retry",
  succeeded: "Succeeded",
  failed_permanent: "Failed permanently",
};
export const statusWord = (status: Status): string => statusWords[status] ?? status;

/** The gaps of a retry schedule that stands for itself by a name. */
export const schedules = {
  hookbridge: {
    slow: [1800, 7200, 21_600, 43_200, 86_400, 172_800, 259_200, 345_600],
    fast: [30, 60, 120, 240, 300],
  },
  "standard-webhooks": {
    slow: [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400],
    fast: [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400],
  },
} as const;

/** Both lists of a schedule; what it does not say is the default's. */
export function gapsOf(schedule: Schemas["RetrySchedule"] | null): {
  slow: readonly number[];
  fast: readonly number[];
} {
  if (schedule === null) return schedules.hookbridge;
  if (typeof schedule === "string") return schedules[schedule as keyof typeof schedules];
  if (Array.isArray(schedule)) return schedule.length ? { slow: schedule, fast: schedule } : schedules.hookbridge;
  return { slow: schedule.slow ?? schedules.hookbridge.slow, fast: schedule.fast ?? schedules.hookbridge.fast };
}
