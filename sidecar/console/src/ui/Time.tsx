import { signal } from "@preact/signals";
import { times } from "../settings.ts";
import { duration } from "../words.ts";

/** Ticks for all relative times together. */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);

const two = (n: number) => String(n).padStart(2, "0");

function written(at: Date, utc: boolean): string {
  const [year, month, day, hour, minute, second] = utc
    ? [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
    : [at.getFullYear(), at.getMonth(), at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds()];
  const today = new Date();
  const same = utc
    ? at.toISOString().slice(0, 10) === today.toISOString().slice(0, 10)
    : at.toDateString() === today.toDateString();
  const clock = `${two(hour ?? 0)}:${two(minute ?? 0)}:${two(second ?? 0)}`;
  const date = `${year}-${two((month ?? 0) + 1)}-${two(day ?? 0)}`;
  return `${same ? "" : `${date} `}${clock}${utc ? " UTC" : ""}`;
}

export function relative(at: number, from: number): string {
  const seconds = (at - from) / 1000;
  if (Math.abs(seconds) < 1) return "now";
  return seconds > 0 ? `in ${duration(seconds)}` : `${duration(-seconds)} ago`;
}

/** A moment as the settings want it, with the exact one in its title. `how` wins over the settings. */
export function Time({ at, how }: { at: string | null | undefined; how?: "relative" | "clock" }) {
  if (!at) return <span class="nothing">–</span>;
  const date = new Date(at);
  const asked = how ?? (times.value === "relative" ? "relative" : "clock");
  const text = asked === "relative" ? relative(date.getTime(), now.value) : written(date, times.value === "utc");
  return (
    <time dateTime={at} title={at}>
      {text}
    </time>
  );
}
