// The fields of an endpoint: the same when it is made and when it is changed. Refusals stand beside their field.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ApiError, Endpoint, Schemas } from "../../api.ts";
import { ScheduleLine } from "../../charts/ScheduleLine.tsx";
import { Field } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Failure } from "../../ui/states.tsx";
import { gapsOf } from "../../words.ts";
import { draftOf, parseGaps, type ScheduleDraft, scheduleOf } from "./schedule.ts";

export interface EndpointDraft {
  url: string;
  description: string;
  rate: string;
  burst: string;
  attempts: string;
  headers: { name: string; value: string }[];
  schedule: ScheduleDraft;
}

export const draftFrom = (endpoint?: Endpoint): EndpointDraft => ({
  url: endpoint?.url ?? "",
  description: endpoint?.description ?? "",
  rate: String(endpoint?.rate_limit_rps || ""),
  burst: String(endpoint?.burst || ""),
  attempts: String(endpoint?.max_attempts || ""),
  headers: Object.entries(endpoint?.headers ?? {}).map(([name, value]) => ({ name, value })),
  schedule: draftOf(endpoint?.retry_schedule ?? null),
});

export const headersOf = (draft: EndpointDraft): Record<string, string> =>
  Object.fromEntries(draft.headers.filter(({ name }) => name.trim()).map(({ name, value }) => [name.trim(), value]));

/** The draft as the API has it; `headers` is left to who knows what is masked. */
export const fieldsOf = (draft: EndpointDraft): Omit<Schemas["CreateEndpoint"], "headers"> => ({
  url: draft.url.trim(),
  description: draft.description.trim(),
  rate_limit_rps: Number(draft.rate || 0),
  burst: Number(draft.burst || 0),
  max_attempts: Number(draft.attempts || 0),
  retry_schedule: scheduleOf(draft.schedule),
});

/** Which field a refusal belongs to. */
function fieldOf(error: ApiError | undefined): string | null {
  if (!error) return null;
  if (/^(INVALID_ENDPOINT|ENDPOINT_UNREACHABLE|ENDPOINT_BLOCKED)$/.test(error.code)) return "url";
  if (error.code === "INVALID_HEADERS") return "headers";
  if (error.code !== "INVALID_REQUEST") return null;
  return (
    ["rate_limit_rps", "burst", "max_attempts", "retry_schedule", "description", "headers", "url"].find((name) =>
      error.message.includes(name),
    ) ?? null
  );
}

interface FormProps {
  draft: EndpointDraft;
  onDraft: (draft: EndpointDraft) => void;
  error: ApiError | undefined;
  onSubmit: () => void;
  disabled?: boolean;
  /** Beside the headers' title, where some are masked. */
  reveal?: ComponentChildren;
  children: ComponentChildren;
}

export function EndpointForm({ draft, onDraft, error, onSubmit, disabled, reveal, children }: FormProps) {
  const wrong = fieldOf(error);
  const refused = (name: string) => (wrong === name ? error?.message : undefined);
  const set = (change: Partial<EndpointDraft>) => onDraft({ ...draft, ...change });
  return (
    <form
      class="stack form"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <fieldset class="stack" disabled={disabled}>
        <Field label="URL" hint="https:// and a public host; deliveries are posted to it." error={refused("url")}>
          <input
            type="url"
            required
            maxLength={2048}
            spellcheck={false}
            autocomplete="off"
            placeholder="https://example.com/webhooks"
            value={draft.url}
            onInput={(event) => set({ url: event.currentTarget.value })}
          />
        </Field>
        <Field
          label="Description"
          hint="Your own words; it names the endpoint on this console."
          error={refused("description")}
        >
          <input
            type="text"
            maxLength={500}
            value={draft.description}
            onInput={(event) => set({ description: event.currentTarget.value })}
          />
        </Field>
        <div class="columns narrow">
          <Field label="Rate limit" hint="Deliveries a second; empty is no limit." error={refused("rate_limit_rps")}>
            <input
              type="number"
              min={0}
              max={1000}
              value={draft.rate}
              onInput={(event) => set({ rate: event.currentTarget.value })}
            />
          </Field>
          <Field label="Burst" hint="How many may go at once; empty is as the rate." error={refused("burst")}>
            <input
              type="number"
              min={0}
              max={10_000}
              value={draft.burst}
              onInput={(event) => set({ burst: event.currentTarget.value })}
            />
          </Field>
          <Field label="Most attempts" hint="1 to 100; empty is the sidecar's." error={refused("max_attempts")}>
            <input
              type="number"
              min={0}
              max={100}
              value={draft.attempts}
              onInput={(event) => set({ attempts: event.currentTarget.value })}
            />
          </Field>
        </div>
        <Schedule draft={draft} onDraft={onDraft} error={refused("retry_schedule")} />
        <Headers draft={draft} onDraft={onDraft} error={refused("headers")} reveal={reveal} />
      </fieldset>
      {error && !wrong && <Failure error={error} />}
      {children}
    </form>
  );
}

function Schedule({
  draft,
  onDraft,
  error,
}: {
  draft: EndpointDraft;
  onDraft: (draft: EndpointDraft) => void;
  error: string | undefined;
}) {
  const { schedule } = draft;
  const set = (change: Partial<ScheduleDraft>) => onDraft({ ...draft, schedule: { ...schedule, ...change } });
  const slow = parseGaps(schedule.slow);
  const fast = parseGaps(schedule.fast);
  const gaps = gapsOf(schedule.kind === "default" ? null : scheduleOf(schedule));
  const most = Number(draft.attempts) || 8;
  return (
    <fieldset class="stack">
      <Field label="Retry schedule" error={error}>
        <select
          value={schedule.kind}
          onChange={(event) => {
            const kind = event.currentTarget.value as ScheduleDraft["kind"];
            set(kind === "own" && !schedule.slow ? { kind, slow: "5s, 1m, 10m, 1h, 6h, 1d" } : { kind });
          }}
        >
          <option value="default">The sidecar's own</option>
          <option value="hookbridge">hookbridge: 30 m to 96 h, fast after a 429</option>
          <option value="standard-webhooks">standard-webhooks: 5 s to 24 h</option>
          <option value="own">Gaps of its own</option>
        </select>
      </Field>
      {schedule.kind === "own" && (
        <div class="columns narrow">
          <Field
            label="Gaps after a failure"
            hint="As 5s, 10m, 2h, 1d; the last one repeats."
            error={slow.wrong ? `${slow.wrong} is no gap of at most 30 d` : undefined}
          >
            <input
              type="text"
              spellcheck={false}
              value={schedule.slow}
              onInput={(event) => set({ slow: event.currentTarget.value })}
            />
          </Field>
          <Field
            label="Gaps after a 429"
            hint="Empty: the same."
            error={fast.wrong ? `${fast.wrong} is no gap of at most 30 d` : undefined}
          >
            <input
              type="text"
              spellcheck={false}
              value={schedule.fast}
              onInput={(event) => set({ fast: event.currentTarget.value })}
            />
          </Field>
        </div>
      )}
      {schedule.kind !== "default" && (
        <ScheduleLine gaps={[...gaps.slow]} maxAttempts={most} label="Attempts after failures" />
      )}
    </fieldset>
  );
}

function Headers({
  draft,
  onDraft,
  error,
  reveal,
}: {
  draft: EndpointDraft;
  onDraft: (draft: EndpointDraft) => void;
  error: string | undefined;
  reveal: ComponentChildren;
}) {
  const [id] = useState(() => `headers-${Math.random().toString(36).slice(2)}`);
  const set = (at: number, change: Partial<{ name: string; value: string }>) =>
    onDraft({ ...draft, headers: draft.headers.map((one, index) => (index === at ? { ...one, ...change } : one)) });
  return (
    <fieldset class="stack" aria-describedby={error ? id : undefined}>
      <legend>
        Headers <span class="fine">sent with every message</span>
      </legend>
      {draft.headers.map((header, at) => (
        <div class="pair" key={at}>
          <input
            type="text"
            aria-label={`Name of header ${at + 1}`}
            placeholder="Name"
            spellcheck={false}
            autocomplete="off"
            value={header.name}
            onInput={(event) => set(at, { name: event.currentTarget.value })}
          />
          <input
            type="text"
            aria-label={`Value of header ${at + 1}`}
            placeholder="Value"
            spellcheck={false}
            autocomplete="off"
            value={header.value}
            onInput={(event) => set(at, { value: event.currentTarget.value })}
          />
          <button
            type="button"
            class="bare"
            aria-label={`Remove header ${at + 1}`}
            onClick={() => onDraft({ ...draft, headers: draft.headers.filter((_, index) => index !== at) })}
          >
            <Icon name="cross" />
          </button>
        </div>
      ))}
      {error && (
        <p class="error" id={id}>
          {error}
        </p>
      )}
      <div class="row">
        <button
          type="button"
          class="small"
          onClick={() => onDraft({ ...draft, headers: [...draft.headers, { name: "", value: "" }] })}
        >
          <Icon name="plus" /> Add a header
        </button>
        {reveal}
      </div>
    </fieldset>
  );
}
