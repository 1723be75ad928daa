// The last hour of an endpoint in the width of a word: a bar a minute, failures below the line.

import type { Schemas } from "../api.ts";

type HealthMinute = Schemas["HealthMinute"];

const WIDTH = 120;
const HEIGHT = 28;
const MIDDLE = 18;

export function Spark({ minutes, label }: { minutes: HealthMinute[]; label: string }) {
  const step = WIDTH / Math.max(minutes.length, 1);
  const most = Math.max(1, ...minutes.map((minute) => minute.succeeded));
  const worst = Math.max(1, ...minutes.map((minute) => minute.failed + minute.retries));
  const sum = (of: (minute: HealthMinute) => number) => minutes.reduce((all, minute) => all + of(minute), 0);
  const delivered = sum((minute) => minute.succeeded);
  const retried = sum((minute) => minute.retries);
  const failed = sum((minute) => minute.failed);
  const words = `${label}: ${delivered} delivered, ${retried} retried, ${failed} given up`;
  return (
    <svg class="spark" role="img" aria-label={words} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT}>
      <title>{words}</title>
      <line class="spark-line" x1="0" x2={WIDTH} y1={MIDDLE} y2={MIDDLE} />
      {minutes.map((minute, index) => {
        const up = minute.succeeded === 0 ? 0 : Math.max(1.5, (minute.succeeded / most) * (MIDDLE - 2));
        const bad = minute.failed + minute.retries;
        const down = bad === 0 ? 0 : Math.max(2, (bad / worst) * (HEIGHT - MIDDLE - 1));
        const x = index * step;
        const wide = Math.max(step - 0.5, 1);
        const tone = minute.failed > 0 ? "tone-bad" : "tone-warn";
        return (
          <g key={minute.at}>
            {up > 0 && <rect class="tone-ok" x={x} y={MIDDLE - up} width={wide} height={up} />}
            {down > 0 && <rect class={tone} x={x} y={MIDDLE} width={wide} height={down} />}
          </g>
        );
      })}
    </svg>
  );
}
