// The lines of a text in a box of their own. Of a long text only those in sight are in the document.

import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { DEEPEST, INDENT, type Line } from "./lines.ts";
import { Kind, type Tokens } from "./tokens.ts";
import { visible } from "./visible.tsx";

const HEIGHT = 20;
/** So many lines are shown whole; of more, those in sight and some around them. */
const WHOLE = 300;
const AROUND = 20;

export interface Found {
  /** Where each begins, in order. */
  places: number[];
  length: number;
  /** The one that is looked at. */
  current: number;
}

interface Props {
  text: string;
  tokens: Tokens | null;
  lines: Line[];
  folded: ReadonlySet<number>;
  found: Found;
  label: string;
  box: RefObject<HTMLElement | null>;
  onFold: (token: number) => void;
}

export function Lines({ text, tokens, lines, folded, found, label, box, onFold }: Props) {
  const { from, to } = useSight(box, lines.length);
  const shown: ComponentChildren[] = [];
  for (let index = from; index < to; index++) {
    const line = lines[index];
    if (!line) break;
    const isFolded = line.opens >= 0 && folded.has(line.opens);
    const indent = Math.min(line.depth, DEEPEST) * INDENT;
    shown.push(
      <div key={`${line.start}:${line.end}`} class={line.continued ? "line continued" : "line"}>
        <span class="gutter">
          {line.opens >= 0 && (
            <button
              type="button"
              class="fold"
              aria-expanded={!isFolded}
              aria-label={isFolded ? "Unfold" : "Fold"}
              onClick={() => onFold(line.opens)}
            >
              {isFolded ? "▸" : "▾"}
            </button>
          )}
        </span>
        {indent > 0 && <span class="indent">{" ".repeat(indent)}</span>}
        {line.depth > DEEPEST && !line.continued && <span class="depth">{line.depth}</span>}
        {tokens && line.last >= line.first ? (
          <Pieces text={text} tokens={tokens} line={line} folded={isFolded} found={found} />
        ) : (
          marked(text, line.start, line.end, found)
        )}
      </div>,
    );
  }
  return (
    <section class="lines" ref={box} tabIndex={0} aria-label={label} dir="ltr">
      <div class="lines-all" ref={(element) => element?.style.setProperty("height", `${lines.length * HEIGHT}px`)}>
        <div ref={(element) => element?.style.setProperty("transform", `translateY(${from * HEIGHT}px)`)}>{shown}</div>
      </div>
    </section>
  );
}

/** Puts a line in the middle of the box, and the box into the window. */
export function bringIntoSight(box: HTMLElement | null, line: number): void {
  if (!box) return;
  const top = line * HEIGHT;
  if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - HEIGHT) {
    box.scrollTop = Math.max(0, top - box.clientHeight / 2);
  }
  box.scrollIntoView({ block: "nearest" });
}

/** How many signs fit beside one another. */
export function useColumns(box: RefObject<HTMLElement | null>): number {
  const [columns, setColumns] = useState(100);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const probe = document.createElement("span");
      probe.className = "probe";
      probe.textContent = "0".repeat(50);
      element.append(probe);
      const wide = probe.getBoundingClientRect().width / 50;
      probe.remove();
      if (wide > 0) setColumns(Math.max(24, Math.floor((element.clientWidth - 40) / wide)));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return columns;
}

function useSight(box: RefObject<HTMLElement | null>, count: number): { from: number; to: number } {
  const [from, setFrom] = useState(0);
  const [tall, setTall] = useState(600);
  const asked = useRef(0);
  useEffect(() => {
    const element = box.current;
    if (!element || count <= WHOLE) return;
    const look = () => {
      cancelAnimationFrame(asked.current);
      asked.current = requestAnimationFrame(() => {
        setFrom(Math.max(0, Math.floor(element.scrollTop / HEIGHT) - AROUND));
        setTall(element.clientHeight);
      });
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      cancelAnimationFrame(asked.current);
      element.removeEventListener("scroll", look);
    };
  }, [box, count]);
  if (count <= WHOLE) return { from: 0, to: count };
  return { from: Math.min(from, count), to: Math.min(count, from + Math.ceil(tall / HEIGHT) + 2 * AROUND) };
}

const CLASSES: Record<number, string> = {
  [Kind.key]: "json-key",
  [Kind.text]: "json-text",
  [Kind.number]: "json-number",
  [Kind.word]: "json-word",
};

interface PiecesProps {
  text: string;
  tokens: Tokens;
  line: Line;
  folded: boolean;
  found: Found;
}

function Pieces({ text, tokens, line, folded, found }: PiecesProps) {
  const pieces: ComponentChildren[] = [];
  const show = (token: number) => {
    const start = Math.max(tokens.starts[token] ?? 0, line.start);
    const end = Math.min(tokens.ends[token] ?? 0, line.end);
    if (start >= end) return;
    const kind = tokens.kinds[token] ?? Kind.word;
    pieces.push(
      <bdi key={token} class={CLASSES[kind] ?? "json-sign"}>
        {marked(text, start, end, found)}
      </bdi>,
    );
    if (kind === Kind.colon) pieces.push(" ");
  };
  if (!folded) {
    for (let token = line.first; token <= line.last; token++) show(token);
    return <>{pieces}</>;
  }
  for (let token = line.first; token <= line.opens; token++) show(token);
  const closer = tokens.partners[line.opens] ?? line.opens;
  const length = (tokens.starts[closer] ?? 0) - (tokens.ends[line.opens] ?? 0);
  pieces.push(<span class="folded">{` … ${length.toLocaleString("en")} characters `}</span>);
  for (let token = closer; token <= line.last; token++) show(token);
  return <>{pieces}</>;
}

/** A stretch of the text with what was looked for marked. */
function marked(text: string, start: number, end: number, found: Found): ComponentChildren {
  const { places, length, current } = found;
  if (places.length === 0) return visible(text.slice(start, end));
  const parts: ComponentChildren[] = [];
  let at = start;
  for (let index = firstBehind(places, start - length); index < places.length; index++) {
    const place = places[index] ?? 0;
    if (place >= end) break;
    const from = Math.max(place, at);
    const to = Math.min(place + length, end);
    if (to <= from) continue;
    if (from > at) parts.push(visible(text.slice(at, from)));
    parts.push(<mark class={index === current ? "current" : ""}>{visible(text.slice(from, to))}</mark>);
    at = to;
  }
  if (at < end) parts.push(visible(text.slice(at, end)));
  return parts;
}

/** The first of the sorted places that is greater than `place`. */
function firstBehind(places: number[], place: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) > place) high = middle;
    else low = middle + 1;
  }
  return low;
}
