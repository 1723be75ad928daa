// The steps of an attempt as a bar on a scale that its neighbours share, and the same in words.

import type { Attempt } from "../api.ts";
import { ms } from "../words.ts";
import { type Phase, phasesOf } from "./phases.ts";

/** A step of 0 ms is still drawn as a line, so that it can be seen to have been. */
const THINNEST = 0.4;

export function Waterfall({ attempt, scaleMs }: { attempt: Attempt; scaleMs: number }) {
  const total = attempt.response_latency_ms ?? 0;
  const phases = phasesOf(attempt);
  const scale = Math.max(scaleMs, total, 1);
  let at = 0;
  return (
    <div class="waterfall">
      <svg class="waterfall-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="waterfall-track" x="0" y="4" width="100" height="2" />
        {phases.map((phase) => {
          const x = (at / scale) * 100;
          at += phase.ms;
          const width = Math.max((phase.ms / scale) * 100, THINNEST);
          return <rect key={phase.name} class={`phase phase-${phase.kind}`} x={x} y="0" width={width} height="10" />;
        })}
      </svg>
      <Words attempt={attempt} phases={phases} total={total} />
    </div>
  );
}

function Words({ attempt, phases, total }: { attempt: Attempt; phases: Phase[]; total: number }) {
  return (
    <ul class="waterfall-words">
      {attempt.conn_reused && <li>Connection used again</li>}
      {phases.map((phase) => (
        <li key={phase.name}>
          <i class={`phase-key phase-${phase.kind}`} aria-hidden="true" />
          {phase.name} <b>{ms(phase.ms)}</b>
        </li>
      ))}
      <li>
        in all <b>{ms(total)}</b>
      </li>
    </ul>
  );
}

const KINDS: [string, string][] = [
  ["dns", "Name lookup"],
  ["tcp", "TCP"],
  ["tls", "TLS"],
  ["wait", "First byte"],
  ["transfer", "Transfer"],
  ["rest", "Other work"],
  ["failed", "Failed here"],
];

/** What the colours mean. */
export function Legend() {
  return (
    <ul class="waterfall-words">
      {KINDS.map(([kind, name]) => (
        <li key={kind}>
          <i class={`phase-key phase-${kind}`} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  );
}
