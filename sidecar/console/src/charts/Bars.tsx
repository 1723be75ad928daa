// Counts over time as stacked bars. Pointing at a bar says its numbers below; the table beneath has all of them.

import { useState } from "preact/hooks";
import { count } from "../words.ts";
import { moment } from "./moment.ts";

export interface Bucket {
  at: string;
  succeeded: number;
  failed: number;
  retrying: number;
}

const SERIES = [
  { field: "succeeded", name: "delivered", tone: "ok" },
  { field: "retrying", name: "retried", tone: "warn" },
  { field: "failed", name: "given up", tone: "bad" },
] as const;

export function Bars({ buckets, label, height = 140 }: { buckets: Bucket[]; label: string; height?: number }) {
  const [pointed, point] = useState<number | null>(null);
  const sums = buckets.map((bucket) => bucket.succeeded + bucket.failed + bucket.retrying);
  const top = roundUp(Math.max(1, ...sums));
  const unit = stepOf(buckets);
  const seen = pointed === null ? undefined : buckets[pointed];
  const total = (field: "succeeded" | "failed" | "retrying") => buckets.reduce((sum, one) => sum + one[field], 0);
  const inAll = SERIES.map((one) => `${count(total(one.field))} ${one.name}`).join(", ");
  return (
    <figure class="bars">
      <div class="bars-plot">
        <span class="bars-top" aria-hidden="true">
          {count(top)}
        </span>
        <svg
          role="img"
          aria-label={`${label}: ${inAll}`}
          viewBox={`0 0 ${Math.max(buckets.length, 1) * 10} ${height}`}
          height={height}
          preserveAspectRatio="none"
          onPointerLeave={() => point(null)}
        >
          {[0, 0.5, 1].map((part) => (
            <line key={part} class="bars-line" x1="0" x2={buckets.length * 10} y1={height * part} y2={height * part} />
          ))}
          {buckets.map((bucket, index) => (
            <Column
              key={bucket.at}
              bucket={bucket}
              x={index * 10}
              height={height}
              top={top}
              pointed={index === pointed}
              onPoint={() => point(index)}
            />
          ))}
        </svg>
      </div>
      <div class="bars-axis" aria-hidden="true">
        <span>{moment(buckets[0]?.at, unit)}</span>
        <span>{buckets.length > 2 && moment(buckets[Math.floor(buckets.length / 2)]?.at, unit)}</span>
        <span>now</span>
      </div>
      <figcaption class="bars-words">
        <ul>
          {SERIES.map((one) => (
            <li key={one.field}>
              <i class={`key tone-${one.tone}`} aria-hidden="true" />
              {one.name} <b>{count(seen ? seen[one.field] : total(one.field))}</b>
            </li>
          ))}
        </ul>
        <span class="bars-when">{seen ? `from ${moment(seen.at, unit)}` : "in all"}</span>
      </figcaption>
      <details class="bars-table">
        <summary>As a table</summary>
        <section class="scroll" tabIndex={0} aria-label={`${label}, as a table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {SERIES.map((one) => (
                  <th key={one.field} scope="col" class="num">
                    {one.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {buckets.map((bucket) => (
                <tr key={bucket.at}>
                  <th scope="row">{moment(bucket.at, unit)}</th>
                  {SERIES.map((one) => (
                    <td key={one.field} class="num">
                      {count(bucket[one.field])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}

interface ColumnProps {
  bucket: Bucket;
  x: number;
  height: number;
  top: number;
  pointed: boolean;
  onPoint: () => void;
}

function Column({ bucket, x, height, top, pointed, onPoint }: ColumnProps) {
  let y = height;
  return (
    // The table below has the same for those who do not point.
    <g class={pointed ? "pointed" : undefined} onPointerEnter={onPoint}>
      <rect class="column-back" x={x} y="0" width="10" height={height} />
      {SERIES.map((one) => {
        const value = bucket[one.field];
        // A count that is not none is at least two pixels high: one failure among thousands must be seen.
        const tall = value === 0 ? 0 : Math.max((value / top) * height, 2);
        y -= tall;
        return <rect key={one.field} class={`tone-${one.tone}`} x={x + 1} y={y} width="8" height={tall} />;
      })}
    </g>
  );
}

/** The next round number. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 3, 4, 5, 6, 8].find((digit) => digit * power >= value) ?? 10) * power;
}

/** How far the buckets are apart, in seconds. */
function stepOf([first, second]: Bucket[]): number {
  return first && second ? (Date.parse(second.at) - Date.parse(first.at)) / 1000 : 60;
}
