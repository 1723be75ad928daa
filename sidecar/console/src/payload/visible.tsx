// Text of strangers as it is, with what cannot be seen or turns the direction of writing shown as an escape.

import type { ComponentChildren } from "preact";

// Controls, soft hyphen, zero widths, line and paragraph separators, marks and overrides of direction, byte order
// marks, tags, and halves of pairs that stand alone.
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu;

function escaped(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}

/** As elements, each escape marked as one. */
export function visible(text: string): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > at) parts.push(text.slice(at, match.index));
    parts.push(<i class="escape">{escaped(match[0])}</i>);
    at = match.index + match[0].length;
  }
  if (at === 0) return text;
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

/** As a text, for attributes. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, escaped);
}
