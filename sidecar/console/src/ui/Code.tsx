// A program or a command as text, with what was filled in marked. What is masked is copied as it is.

import type { ComponentChildren } from "preact";
import { Copy } from "./Copy.tsx";

interface Props {
  text: string;
  /** What it is, as in "Copy Python sample". */
  label: string;
  /** Stands above it. */
  title?: ComponentChildren;
  /** Values of one's own, and how each is shown. */
  marked?: { value: string; shown?: string }[];
}

export function Code({ text, label, title, marked = [] }: Props) {
  return (
    <figure class="code">
      <figcaption>
        <span>{title ?? label}</span>
        <Copy text={text} label={label} words="Copy" />
      </figcaption>
      <section class="code-text" aria-label={label} tabIndex={0}>
        <pre>{withMarks(text, marked)}</pre>
      </section>
    </figure>
  );
}

function withMarks(text: string, marked: { value: string; shown?: string }[]): ComponentChildren {
  const wanted = marked.filter((one) => one.value !== "");
  if (wanted.length === 0) return text;
  const parts: ComponentChildren[] = [];
  let at = 0;
  while (at < text.length) {
    let next = text.length;
    let found: { value: string; shown?: string } | undefined;
    for (const one of wanted) {
      const place = text.indexOf(one.value, at);
      if (place >= 0 && place < next) {
        next = place;
        found = one;
      }
    }
    if (next > at) parts.push(text.slice(at, next));
    if (!found) break;
    parts.push(<mark class="filled">{found.shown ?? found.value}</mark>);
    at = next + found.value.length;
  }
  return parts;
}
