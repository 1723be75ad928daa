// A moment on an axis, as exact as its unit: a minute's bucket shows the time, a day's the date.

import { times } from "../settings.ts";

export function moment(at: string | undefined, unitSeconds: number): string {
  const time = new Date(at ?? Number.NaN);
  if (Number.isNaN(time.getTime())) return "";
  const options: Intl.DateTimeFormatOptions = {
    ...(times.value === "utc" ? { timeZone: "UTC" } : {}),
    ...(unitSeconds >= 3600 ? { month: "short", day: "numeric" } : {}),
    ...(unitSeconds < 86_400 ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : {}),
  };
  return new Intl.DateTimeFormat("en-GB", options).format(time);
}
