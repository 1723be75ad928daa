// Two texts line by line: what both have, and what is on one side only.

import { plainLines, structuredLines } from "./lines.ts";
import { tokensOf } from "./tokens.ts";

export interface BodyLine {
  side: "left" | "right" | "both";
  text: string;
}

/** Lines of a side that are compared at most. */
const MOST_LINES = 600;
const COLUMNS = 160;

/** A document by its structure, so that two that are written differently can be compared. */
export function linesOf(text: string): string[] {
  if (text === "") return [];
  const tokens = tokensOf(text);
  const lines = tokens ? structuredLines(text, tokens, new Set(), COLUMNS) : plainLines(text, COLUMNS);
  const shown = lines.slice(0, MOST_LINES);
  return shown.map((line) => " ".repeat(Math.min(line.depth, 24) * 2) + text.slice(line.start, line.end));
}

/** The longest run of common lines stays, in their order. */
export function differences(left: string[], right: string[]): BodyLine[] {
  const wide = right.length + 1;
  const common = new Uint16Array((left.length + 1) * wide);
  const at = (i: number, j: number) => common[i * wide + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      common[i * wide + j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: BodyLine[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const isBoth = i < left.length && j < right.length && left[i] === right[j];
    if (isBoth) {
      lines.push({ side: "both", text: left[i] ?? "" });
      i++;
      j++;
    } else if (j === right.length || (i < left.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ side: "left", text: left[i++] ?? "" });
    } else {
      lines.push({ side: "right", text: right[j++] ?? "" });
    }
  }
  return lines;
}
