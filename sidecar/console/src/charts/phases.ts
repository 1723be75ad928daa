// An attempt's time, cut into the steps that it is made of. They fill the latency exactly: what no step accounts for is
// a step of its own, and a failed attempt ends in the step in which it failed.

import type { Attempt } from "../api.ts";

export type PhaseKind = "dns" | "tcp" | "tls" | "wait" | "transfer" | "rest" | "failed";

export interface Phase {
  kind: PhaseKind;
  name: string;
  ms: number;
}

const NAMES: Record<Exclude<PhaseKind, "failed">, string> = {
  dns: "Name lookup",
  tcp: "TCP",
  tls: "TLS",
  wait: "First byte",
  transfer: "Transfer",
  rest: "Other work",
};

/** The step that a failed attempt did not get through. */
function failedStep(attempt: Attempt): string {
  const text = (attempt.error_text ?? "").toLowerCase();
  if (/\btls\b|certificate|handshake/.test(text)) return NAMES.tls;
  if (attempt.conn_reused || attempt.tls_handshake_ms !== null || attempt.tcp_connect_ms !== null) return NAMES.wait;
  if (/does not resolve|lookup|name server|resolver|\bdns\b/.test(text)) return NAMES.dns;
  if (attempt.resolved_ip !== null) return NAMES.tcp;
  return attempt.dns_ms === null ? NAMES.dns : NAMES.tcp;
}

export function phasesOf(attempt: Attempt): Phase[] {
  const total = attempt.response_latency_ms ?? 0;
  const known: [Exclude<PhaseKind, "failed">, number | null | undefined][] = [
    ["dns", attempt.dns_ms],
    ["tcp", attempt.tcp_connect_ms],
    ["tls", attempt.tls_handshake_ms],
    ["wait", attempt.ttfb_ms],
    ["transfer", attempt.transfer_ms],
  ];
  const phases: Phase[] = [];
  let left = total;
  for (const [kind, ms] of known) {
    if (ms === null || ms === undefined) continue;
    const taken = Math.min(ms, left);
    left -= taken;
    phases.push({ kind, name: NAMES[kind], ms: taken });
  }
  // An answer that never came: the time left was spent in the step that failed.
  if (attempt.response_status === null) {
    phases.push({ kind: "failed", name: `${failedStep(attempt)}, failed`, ms: left });
  } else if (left > 0) {
    phases.push({ kind: "rest", name: NAMES.rest, ms: left });
  }
  return phases;
}
