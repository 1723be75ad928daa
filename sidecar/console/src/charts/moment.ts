// A moment on an axis, as exact as its unit: a minute's bucket shows the time, a day's the date.

import { times } from "../settings.ts";

export function moment(at: string, unitSeconds: number): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return "";
  const options: Intl.DateTimeFormatOptions = { timeZone: times.value === "utc" ? "UTC" : undefined };
  if (unitSeconds >= 3600) Object.assign(options, { month: "short", day: "numeric" });
  if (unitSeconds < 86_400) Object.assign(options, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return new Intl.DateTimeFormat("en-GB", options).format(time);
}
