// A payload or a body as the text it is: folded and coloured for the eye, copied and downloaded byte for byte.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { bringIntoSight, Lines, useColumns } from "../payload/Lines.tsx";
import { around, lineAt, plainLines, structuredLines } from "../payload/lines.ts";
import { Kind, type Tokens, tokensOf } from "../payload/tokens.ts";
import { count } from "../words.ts";
import { Copy } from "./Copy.tsx";
import { Icon } from "./Icon.tsx";

interface Props {
  text: string;
  /** The name of the downloaded file. */
  name: string;
  size?: number | undefined;
  sha256?: string | undefined;
  /** Whether there was more than what was kept. */
  truncated?: boolean | undefined;
  label?: string;
}

/** More places are not marked; the count then says "more than". */
const MOST_FOUND = 5000;

export function Payload({ text, name, size, sha256, truncated = false, label = "Payload" }: Props) {
  const box = useRef<HTMLElement | null>(null);
  const columns = useColumns(box);
  const tokens = useMemo(() => tokensOf(text), [text]);
  const [asSent, setAsSent] = useState(false);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const [wanted, setWanted] = useState("");
  const [current, setCurrent] = useState(0);
  const pretty = tokens !== null && !asSent;
  useEffect(() => {
    setFolded(new Set());
    setCurrent(0);
  }, [text]);
  const lines = useMemo(
    () => (pretty ? structuredLines(text, tokens, folded, columns) : plainLines(text, columns)),
    [text, tokens, pretty, folded, columns],
  );
  const places = useMemo(() => find(text, wanted), [text, wanted]);
  const found = { places, length: wanted.length, current };

  const look = (index: number) => {
    const at = places.length === 0 ? 0 : (index + places.length) % places.length;
    setCurrent(at);
    const place = places[at];
    if (place === undefined) return;
    let open: ReadonlySet<number> = folded;
    if (pretty && folded.size > 0) {
      const outer = new Set(around(tokens, place));
      open = new Set([...folded].filter((token) => !outer.has(token)));
      setFolded(open);
    }
    const laidOut = pretty ? structuredLines(text, tokens, open, columns) : lines;
    bringIntoSight(box.current, lineAt(laidOut, place));
  };
  const fold = (token: number) => {
    const next = new Set(folded);
    if (!next.delete(token)) next.add(token);
    setFolded(next);
  };

  return (
    <section class="payload" aria-label={label}>
      <div class="payload-bar">
        <div class="payload-find">
          <input
            type="search"
            aria-label={`Find in ${label.toLowerCase()}`}
            placeholder="Find"
            value={wanted}
            onInput={(event) => {
              setWanted(event.currentTarget.value);
              setCurrent(0);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") look(current + (event.shiftKey ? -1 : 1));
            }}
          />
          {wanted !== "" && (
            <>
              <output>{counted(places.length, current)}</output>
              <button type="button" class="bare" aria-label="Previous" onClick={() => look(current - 1)}>
                <Icon name="up" />
              </button>
              <button type="button" class="bare" aria-label="Next" onClick={() => look(current + 1)}>
                <Icon name="down" />
              </button>
            </>
          )}
        </div>
        {tokens && (
          <button type="button" class="small" aria-pressed={asSent} onClick={() => setAsSent(!asSent)}>
            As sent
          </button>
        )}
        {pretty && tokens.count > 2 && (
          <button
            type="button"
            class="small"
            onClick={() => setFolded(folded.size > 0 ? new Set() : firstLevel(tokens))}
          >
            {folded.size > 0 ? "Unfold all" : "Fold all"}
          </button>
        )}
        <Copy text={text} label={label.toLowerCase()} words="Copy" />
        <button type="button" class="small" onClick={() => download(text, name)}>
          Download
        </button>
      </div>
      <Lines
        text={text}
        tokens={pretty ? tokens : null}
        lines={lines}
        folded={folded}
        found={found}
        label={`${label}, ${count(lines.length)} lines`}
        box={box}
        onFold={fold}
      />
      {(size !== undefined || truncated || sha256) && (
        <p class="payload-facts">
          {size !== undefined && <span>{count(size)} bytes</span>}
          {truncated && <span>Cut off: there was more than what is kept.</span>}
          {sha256 && (
            <span>
              SHA-256 <code>{sha256}</code>
            </span>
          )}
        </p>
      )}
    </section>
  );
}

function counted(number: number, current: number): string {
  if (number === 0) return "none";
  return `${current + 1} of ${number === MOST_FOUND ? `more than ${count(MOST_FOUND)}` : count(number)}`;
}

function find(text: string, wanted: string): number[] {
  const places: number[] = [];
  if (wanted === "") return places;
  const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"), "gi");
  for (const match of text.matchAll(pattern)) {
    places.push(match.index);
    if (places.length === MOST_FOUND) break;
  }
  return places;
}

/** The brackets right below the outermost; where there are none, the outermost. */
function firstLevel(tokens: Tokens): Set<number> {
  const found = new Set<number>();
  for (let token = 1; token < tokens.count; token++) {
    const closer = tokens.partners[token] ?? 0;
    if (tokens.kinds[token] !== Kind.open || closer === token + 1) continue;
    found.add(token);
    token = closer;
  }
  return found.size > 0 ? found : new Set([0]);
}

function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
