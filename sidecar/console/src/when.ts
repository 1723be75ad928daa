// Moments in the browser's fields for date and time: the reader's clock, or UTC where the settings say so.
import { times } from "./settings.ts";

const two = (n: number) => String(n).padStart(2, "0");

export function forField(at: string | null): string {
  if (!at) return "";
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  if (times.value === "utc") return date.toISOString().slice(0, 19);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function fromField(text: string): string | null {
  if (!text) return null;
  const date = new Date(times.value === "utc" ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

export const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
