// Lays a text out in lines that fit the width: a JSON document by its structure, any other text by its line ends.
// A line is a stretch of the text as it is; nothing is added to it and nothing taken away.

import { Kind, type Tokens } from "./tokens.ts";

export interface Line {
  start: number;
  end: number;
  depth: number;
  /** The tokens that the line shows; none for plain text. */
  first: number;
  last: number;
  /** The token that opens what can be folded here, or -1. */
  opens: number;
  /** Whether it goes on with what the line before began. */
  continued: boolean;
}

/** Deeper lines are not indented further: at a depth of thousands nothing would be left of the width. */
export const DEEPEST = 24;
export const INDENT = 2;

export function plainLines(text: string, columns: number): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start <= text.length) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    cut(lines, text, { start, end, depth: 0, first: 0, last: -1, opens: -1, continued: false }, columns);
    start = end + 1;
  }
  return lines;
}

/** The lines of a document. What is folded is one line, from its opening to its closing bracket. */
export function structuredLines(text: string, tokens: Tokens, folded: ReadonlySet<number>, columns: number): Line[] {
  const { count, starts, ends, kinds, partners } = tokens;
  const lines: Line[] = [];
  let depth = 0;
  let token = 0;
  while (token < count) {
    const first = token;
    let opens = -1;
    let at = depth;
    if (kinds[token] === Kind.close) {
      depth--;
      at = depth;
      token++;
    } else {
      if (kinds[token] === Kind.key) token += 2;
      if (kinds[token] === Kind.open) {
        const closer = partners[token] ?? token;
        if (closer === token + 1) {
          token = closer + 1;
        } else if (folded.has(token)) {
          opens = token;
          token = closer + 1;
        } else {
          opens = token;
          depth++;
          token++;
        }
      } else {
        token++;
      }
    }
    if (token < count && kinds[token] === Kind.comma) token++;
    const last = token - 1;
    const line = { start: starts[first] ?? 0, end: ends[last] ?? 0, depth: at, first, last, opens, continued: false };
    if (opens >= 0 && folded.has(opens)) lines.push(line);
    else cut(lines, text, line, columns - Math.min(at, DEEPEST) * INDENT);
  }
  return lines;
}

/** Adds a line, cut into as many as it takes. A pair of surrogates stays together. */
function cut(lines: Line[], text: string, line: Line, columns: number): void {
  const width = Math.max(columns, 16);
  let start = line.start;
  do {
    let end = Math.min(start + width, line.end);
    if (end < line.end && isHigh(text.charCodeAt(end - 1))) end--;
    const isFirst = start === line.start;
    lines.push({ ...line, start, end, opens: isFirst ? line.opens : -1, continued: !isFirst });
    start = end;
  } while (start < line.end);
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** The line that shows a place of the text. */
export function lineAt(lines: Line[], place: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle]?.start ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The brackets around a place of the text: these are to be open for it to be seen. */
export function around(tokens: Tokens, place: number): number[] {
  const found: number[] = [];
  for (let token = 0; token < tokens.count && (tokens.starts[token] ?? 0) <= place; token++) {
    if (tokens.kinds[token] !== Kind.open) continue;
    const closer = tokens.partners[token] ?? token;
    if ((tokens.ends[closer] ?? 0) > place) found.push(token);
    else token = closer;
  }
  return found;
}
