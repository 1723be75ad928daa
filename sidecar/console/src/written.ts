// JSON as it is written. What a browser's parser makes of a number with twenty digits is another number: what somebody
// typed, or what the server has, goes through here as text.

import { INDENT, structuredLines } from "./payload/lines.ts";
import { Kind, type Tokens, tokensOf } from "./payload/tokens.ts";

/** A body whose bytes are written already, for a call of the API. */
export const asWritten = (text: string) => ({ body: text as never, bodySerializer: () => text });

/** An object of fields whose values are JSON already; what is absent is left out. */
export function fields(values: Record<string, string | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return `{${given.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
}

/** A text as a JSON value; an empty one is left out. */
export const textOf = (text: string): string | null => (text.trim() ? JSON.stringify(text.trim()) : null);

export const isWritten = (text: string): boolean => tokensOf(text) !== null;

const endOf = (tokens: Tokens, at: number) => (tokens.kinds[at] === Kind.open ? (tokens.partners[at] ?? at) : at);
const slice = (text: string, tokens: Tokens, at: number) =>
  text.slice(tokens.starts[at], tokens.ends[endOf(tokens, at)]);

/** The members of an object, or the items of a list, each as it is written. */
function partsOf(text: string, tokens: Tokens, opener: number): [name: string, at: number][] {
  const parts: [string, number][] = [];
  if (tokens.kinds[opener] !== Kind.open) return parts;
  const end = endOf(tokens, opener);
  for (let at = opener + 1; at < end; ) {
    const isKey = tokens.kinds[at] === Kind.key;
    const name = isKey ? (JSON.parse(text.slice(tokens.starts[at], tokens.ends[at])) as string) : String(parts.length);
    const value = isKey ? at + 2 : at;
    parts.push([name, value]);
    at = endOf(tokens, value) + 2;
  }
  return parts;
}

/** What a document has at a place, as it is written; null where it has nothing, or null. */
export function valueAt(text: string, ...path: string[]): string | null {
  const tokens = tokensOf(text);
  if (!tokens) return null;
  let at = 0;
  for (const name of path) {
    const found = partsOf(text, tokens, at).find(([one]) => one === name);
    if (!found) return null;
    at = found[1];
  }
  const value = slice(text, tokens, at);
  return value === "null" ? null : value;
}

/** Each member or item of a document's outermost value. */
export function entriesOf(text: string): [name: string, value: string][] {
  const tokens = tokensOf(text);
  if (!tokens) return [];
  return partsOf(text, tokens, 0).map(([name, at]) => [name, slice(text, tokens, at)]);
}

/** Laid out in lines, for a field in which it is changed. */
export function laidOut(text: string): string {
  const tokens = tokensOf(text);
  if (!tokens) return text;
  const lines = structuredLines(text, tokens, new Set(), Number.MAX_SAFE_INTEGER);
  return lines
    .map(({ start, end, depth, first, last }) => {
      const shown =
        tokens.kinds[first] === Kind.key && last > first
          ? spaced(text, tokens, first, start, end)
          : text.slice(start, end);
      return " ".repeat(depth * INDENT) + shown;
    })
    .join("\n");
}

/** A member with a space behind its colon. */
function spaced(text: string, tokens: Tokens, key: number, start: number, end: number): string {
  return `${text.slice(start, tokens.ends[key])}: ${text.slice(tokens.starts[key + 2], end)}`;
}
