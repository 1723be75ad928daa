// One attempt: what was sent, what came back, and why the next follows.
import type { Attempt } from "../../api.ts";
import { Waterfall } from "../../charts/Waterfall.tsx";
import { asCurl, asHttpFile, asHttpie, type Sent } from "../../request.ts";
import { Copy } from "../../ui/Copy.tsx";
import { Payload } from "../../ui/Payload.tsx";
import { Time } from "../../ui/Time.tsx";
import { duration, ms } from "../../words.ts";

function Headers({ title, headers }: { title: string; headers: Record<string, string> | null }) {
  const entries = Object.entries(headers ?? {});
  return (
    <section class="headers" aria-label={title}>
      <h3>
        {title} <span class="fine">{entries.length || "none"}</span>
      </h3>
      {entries.length > 0 && (
        <dl tabIndex={0}>
          {entries.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

const whichList = { fast: "the fast list, after a 429", slow: "the slow list" };

interface AttemptDetailProps {
  attempt: Attempt;
  url: string | undefined;
  /** The bytes that were sent; undefined where they are gone. */
  payload: string | undefined;
}

export function AttemptDetail({ attempt, url, payload }: AttemptDetailProps) {
  const sent: Sent | null =
    url !== undefined && payload !== undefined
      ? { method: "POST", url, headers: attempt.request_headers ?? {}, body: payload }
      : null;
  return (
    <div class="stack attempt">
      {attempt.error_text && <p class="verdict bad">{attempt.error_text}</p>}
      {attempt.note && <p class="verdict">{attempt.note}</p>}
      <dl class="facts">
        <dt>Began</dt>
        <dd>
          <Time at={attempt.created_at} />
        </dd>
        <dt>Answer</dt>
        <dd>
          {attempt.response_status ?? "none"} after {ms(attempt.response_latency_ms)}
        </dd>
        <dt>Connected to</dt>
        <dd>
          {attempt.resolved_ip ? <code>{attempt.resolved_ip}</code> : "nothing"}
          {attempt.conn_reused && ", over a kept connection"}
        </dd>
        <dt>Began late by</dt>
        <dd>{ms(attempt.processing_ms)}</dd>
        {attempt.retry_after_seconds !== null && (
          <>
            <dt>Next after</dt>
            <dd>
              {duration(attempt.retry_after_seconds)}
              {attempt.retry_type && `, from ${whichList[attempt.retry_type]}`}
            </dd>
          </>
        )}
      </dl>
      <div class="one-waterfall">
        <Waterfall attempt={attempt} scaleMs={attempt.response_latency_ms || 1} />
      </div>
      {sent && (
        <div class="row">
          <span class="fine">The request again:</span>
          <Copy text={() => asCurl(sent)} label="request as curl" words="curl" />
          <Copy text={() => asHttpie(sent)} label="request as HTTPie" words="HTTPie" />
          <Copy text={() => asHttpFile(sent)} label="request as .http file" words=".http" />
          <span class="fine">signed as it was then</span>
        </div>
      )}
      <div class="columns">
        <Headers title="Request headers" headers={attempt.request_headers} />
        <Headers title="Answer headers" headers={attempt.response_headers} />
      </div>
      <div>
        <h3>Answer body</h3>
        {attempt.response_body ? (
          <Payload
            label="Answer body"
            text={attempt.response_body}
            name={`answer-${attempt.id}.txt`}
            truncated={attempt.response_body_truncated ?? false}
          />
        ) : (
          <p class="fine">{attempt.response_status === null ? "There was no answer." : "The answer had no body."}</p>
        )}
      </div>
    </div>
  );
}
