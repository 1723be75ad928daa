// Two attempts beside one another: what differs stands out, what is the same steps back.

import type { ComponentChildren } from "preact";
import type { Attempt } from "../api.ts";
import { phasesOf } from "../charts/phases.ts";
import { Waterfall } from "../charts/Waterfall.tsx";
import { type BodyLine, differences, linesOf } from "../payload/differences.ts";
import { visible } from "../payload/visible.tsx";
import { duration, ms } from "../words.ts";
import { Time } from "./Time.tsx";

interface Row {
  name: string;
  left: string | null;
  right: string | null;
}

export function Compare({ left, right }: { left: Attempt; right: Attempt }) {
  const scale = Math.max(left.response_latency_ms ?? 0, right.response_latency_ms ?? 0);
  const both = { left, right };
  return (
    <div class="compare">
      <div class="compare-heads">
        {[left, right].map((attempt) => (
          <div key={attempt.id}>
            <h3>Attempt {attempt.attempt_no}</h3>
            <p class="compare-when">
              <Time at={attempt.created_at} />
            </p>
            <Waterfall attempt={attempt} scaleMs={scale} />
          </div>
        ))}
      </div>
      <Part title="Outcome" rows={outcome(left, right)} {...both} />
      <Part title="Timings" rows={timings(left, right)} {...both} />
      <Part title="Request headers" rows={headers(left.request_headers, right.request_headers)} {...both} />
      <Part title="Answer's headers" rows={headers(left.response_headers, right.response_headers)} {...both} />
      <Bodies {...both} />
    </div>
  );
}

interface PartProps {
  title: string;
  rows: Row[];
  left: Attempt;
  right: Attempt;
}

function Part({ title, rows, left, right }: PartProps) {
  const different = rows.filter((row) => row.left !== row.right);
  const same = rows.filter((row) => row.left === row.right);
  if (rows.length === 0) return null;
  return (
    <section class="compare-part">
      <h4>
        {title} <Count number={different.length} />
      </h4>
      {different.length > 0 && <Table title={title} rows={different} left={left} right={right} />}
      {same.length > 0 && (
        <details>
          <summary>{same.length === 1 ? "1 is the same" : `${same.length} are the same`}</summary>
          <Table title={`${title}, the same`} rows={same} left={left} right={right} />
        </details>
      )}
    </section>
  );
}

function Count({ number }: { number: number }) {
  const words = number === 0 ? "the same" : number === 1 ? "1 differs" : `${number} differ`;
  return <span class={number === 0 ? "compare-count" : "compare-count differs"}>{words}</span>;
}

function Table({ title, rows, left, right }: PartProps) {
  return (
    <section class="scroll" tabIndex={0} aria-label={title}>
      <table class="compare-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Attempt {left.attempt_no}</th>
            <th scope="col">Attempt {right.attempt_no}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} class={row.left === row.right ? undefined : "differs"}>
              <th scope="row">{visible(row.name)}</th>
              <td>{value(row.left)}</td>
              <td>{value(row.right)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function value(text: string | null): ComponentChildren {
  return text === null ? <span class="nothing">none</span> : visible(text);
}

function outcome(left: Attempt, right: Attempt): Row[] {
  const field = (name: string, of: (attempt: Attempt) => string | number | null | undefined): Row => {
    const text = (attempt: Attempt) => {
      const found = of(attempt);
      return found === null || found === undefined ? null : String(found);
    };
    return { name, left: text(left), right: text(right) };
  };
  return [
    field("Status", (one) => one.response_status),
    field("Error", (one) => one.error_text),
    field("Note", (one) => one.note),
    field("Address", (one) => one.resolved_ip),
    field("Connection", (one) => (one.conn_reused === null ? null : one.conn_reused ? "used again" : "new")),
    field(
      "Next retry",
      (one) => one.retry_type && `${one.retry_type} list, after ${duration(Number(one.retry_after_seconds))}`,
    ),
  ];
}

function timings(left: Attempt, right: Attempt): Row[] {
  const of = (attempt: Attempt) =>
    new Map([
      ...phasesOf(attempt).map((phase): [string, string] => [phase.name, ms(phase.ms)]),
      ["In all", ms(attempt.response_latency_ms ?? 0)],
      ["Waited before", ms(attempt.processing_ms ?? 0)],
    ]);
  return beside(of(left), of(right));
}

/** Headers by name, without regard to case. */
function headers(left: Attempt["request_headers"], right: Attempt["request_headers"]): Row[] {
  const of = (all: Attempt["request_headers"]) =>
    new Map(Object.entries(all ?? {}).map(([name, text]): [string, string] => [name.toLowerCase(), String(text)]));
  return beside(of(left), of(right));
}

function beside(left: Map<string, string>, right: Map<string, string>): Row[] {
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].map((name) => ({ name, left: left.get(name) ?? null, right: right.get(name) ?? null }));
}

function Bodies({ left, right }: { left: Attempt; right: Attempt }) {
  const a = left.response_body ?? "";
  const b = right.response_body ?? "";
  const lines = a === b ? [] : differences(linesOf(a), linesOf(b));
  const changed = lines.filter((line) => line.side !== "both").length;
  const sign = ({ side }: BodyLine) => {
    if (side === "both") return "";
    return `only ${side === "left" ? left.attempt_no : right.attempt_no}`;
  };
  return (
    <section class="compare-part">
      <h4>
        Answer's body <Count number={changed} />
      </h4>
      {lines.length > 0 && (
        <section class="scroll body-lines" tabIndex={0} aria-label="Answer's body, line by line">
          {lines.map((line, index) => (
            <div key={index} class={`body-line ${line.side}`}>
              <span class="body-sign">{sign(line)}</span>
              <code>{visible(line.text)}</code>
            </div>
          ))}
        </section>
      )}
    </section>
  );
}
