// From acceptance to the end: each attempt as a waterfall, all of them on one scale.
import { patchQuery } from "../../address.ts";
import type { Attempt, Message, Schemas } from "../../api.ts";
import { Legend, Waterfall } from "../../charts/Waterfall.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Time } from "../../ui/Time.tsx";
import { duration, ms } from "../../words.ts";

interface TimelineProps {
  message: Message;
  attempts: Attempt[];
  hasMore: boolean;
  explanation: Schemas["Explanation"] | undefined;
  chosen: number | null;
  compared: number | null;
}

function Answer({ attempt }: { attempt: Attempt }) {
  const status = attempt.response_status;
  if (status === null) return <span class="mark-bad">no answer</span>;
  return <code class={status < 300 ? "good" : "bad"}>{status}</code>;
}

export function Timeline({ message, attempts, hasMore, explanation, chosen, compared }: TimelineProps) {
  const scale = Math.max(1, ...attempts.map((attempt) => attempt.response_latency_ms ?? 0));
  return (
    <section class="panel" aria-labelledby="timeline">
      <header>
        <h2 id="timeline">Timeline</h2>
        {attempts.length > 0 && <Legend />}
      </header>
      <ol class="timeline">
        <li class="point">
          <span class="dot" />
          <div>
            <strong>Accepted</strong> <Time at={message.created_at} />
            {message.queue_wait_ms !== null && (
              <span class="fine"> first attempt {ms(message.queue_wait_ms)} later</span>
            )}
          </div>
        </li>
        {attempts.map((attempt) => (
          <li key={attempt.id} class="try" data-chosen={attempt.attempt_no === chosen || undefined}>
            <span class={`dot ${attempt.response_status !== null && attempt.response_status < 300 ? "good" : "bad"}`} />
            <div class="head">
              <button
                type="button"
                class="link"
                aria-pressed={attempt.attempt_no === chosen}
                onClick={() => patchQuery({ attempt: String(attempt.attempt_no), with: null })}
              >
                Attempt {attempt.attempt_no}
              </button>
              <Answer attempt={attempt} />
              <Time at={attempt.created_at} />
              <span class="fine">{ms(attempt.response_latency_ms)}</span>
              {chosen !== null && attempt.attempt_no !== chosen && (
                <button
                  type="button"
                  class="small push"
                  aria-pressed={attempt.attempt_no === compared}
                  onClick={() =>
                    patchQuery({
                      attempt: String(chosen),
                      with: attempt.attempt_no === compared ? null : String(attempt.attempt_no),
                    })
                  }
                >
                  <Icon name="compare" /> Compare
                  <span class="unseen">
                    {" "}
                    attempt {attempt.attempt_no} with attempt {chosen}
                  </span>
                </button>
              )}
            </div>
            <Waterfall attempt={attempt} scaleMs={scale} />
            {attempt.error_text && <p class="reason">{attempt.error_text}</p>}
            {attempt.retry_after_seconds !== null && (
              <p class="fine">
                next after {duration(attempt.retry_after_seconds)}
                {attempt.retry_type && ` (${attempt.retry_type} list)`}
              </p>
            )}
          </li>
        ))}
        {hasMore && (
          <li class="point">
            <span class="dot" />
            <div class="fine">Later attempts than these are not listed.</div>
          </li>
        )}
        <End message={message} explanation={explanation} />
      </ol>
    </section>
  );
}

function End({ message, explanation }: { message: Message; explanation: Schemas["Explanation"] | undefined }) {
  if (message.deleted_at) {
    return (
      <>
        {message.delivered_at && <Point tone="good" words="Delivered" at={message.delivered_at} />}
        {message.failed_at && <Point tone="bad" words="Given up" at={message.failed_at} />}
        <Point tone="" words="Deleted" at={message.deleted_at} />
      </>
    );
  }
  if (message.status === "succeeded") return <Point tone="good" words="Delivered" at={message.delivered_at} />;
  if (message.status === "failed_permanent") return <Point tone="bad" words="Given up" at={message.failed_at} />;
  const next = message.next_attempt_at ?? explanation?.changes_at;
  return (
    <li class="point coming">
      <span class="dot" />
      <div>
        <strong>{explanation?.progress === "being_attempted" ? "Being attempted" : "Next attempt"}</strong>{" "}
        {explanation?.progress === "being_attempted" ? null : next ? (
          <>
            <Time at={next} how="relative" />
            <span class="fine">
              {" "}
              at <Time at={next} how="clock" />
            </span>
          </>
        ) : (
          <span class="fine">as soon as nothing holds it</span>
        )}
      </div>
    </li>
  );
}

const Point = ({ tone, words, at }: { tone: string; words: string; at: string | null }) => (
  <li class="point">
    <span class={`dot ${tone}`} />
    <div>
      <strong>{words}</strong> <Time at={at} />
    </div>
  </li>
);
