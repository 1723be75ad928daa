import { useState } from "preact/hooks";
import { patchQuery } from "../../address.ts";
import type { Status } from "../../api.ts";
import { useEndpointChoice } from "../../endpoints.ts";
import { times } from "../../settings.ts";
import { Combobox } from "../../ui/Combobox.tsx";
import { Field } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { statuses } from "../../words.ts";
import type { Filter } from "./filter.ts";
import { Jump } from "./Jump.tsx";

const two = (n: number) => String(n).padStart(2, "0");

/** What a field for date and time takes: the reader's clock, or UTC where the settings say so. */
function forField(at: string | null): string {
  if (!at) return "";
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  if (times.value === "utc") return date.toISOString().slice(0, 19);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function fromField(text: string): string | null {
  if (!text) return null;
  const date = new Date(times.value === "utc" ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

export function Filters({ filter, fixed }: { filter: Filter; fixed: boolean }) {
  const { options } = useEndpointChoice();
  const more = Boolean(filter.from || filter.to || filter.error || filter.cause);
  const [open, setOpen] = useState(more);
  const change = (changes: Record<string, string | null>, replace = false) =>
    patchQuery({ ...changes, cursor: null }, { replace });
  const toggle = (status: Status) => {
    const next = filter.status.includes(status)
      ? filter.status.filter((one) => one !== status)
      : [...filter.status, status];
    change({ status: next.join(",") || null });
  };
  return (
    <div class="filterbox">
      <div class="filters">
        <Jump value={filter.q} />
        {!fixed && (
          <Combobox
            label="Endpoint"
            value={filter.endpoint ?? ""}
            options={options}
            none="All endpoints"
            onChoose={(value) => change({ endpoint: value || null })}
          />
        )}
        <button type="button" aria-expanded={open} aria-controls="more-filters" onClick={() => setOpen(!open)}>
          <Icon name="filter" /> Time and error {more && <span class="count">on</span>}
        </button>
      </div>
      <fieldset class="toggles">
        <legend class="unseen">Status</legend>
        {statuses
          // No list shows messages that are being attempted: they stand under the state before.
          .filter((status) => status !== "delivering")
          .map((status) => (
            <button
              type="button"
              key={status}
              aria-pressed={filter.status.includes(status)}
              onClick={() => toggle(status)}
            >
              <StatusBadge status={status} />
            </button>
          ))}
        {filter.status.length > 0 && (
          <button type="button" class="link" onClick={() => change({ status: null })}>
            Any status
          </button>
        )}
      </fieldset>
      <div id="more-filters" hidden={!open}>
        <div class="columns narrow">
          <Field label="Accepted from">
            <input
              type="datetime-local"
              step={1}
              value={forField(filter.from)}
              onChange={(event) => change({ from: fromField(event.currentTarget.value) })}
            />
          </Field>
          <Field label="Accepted before">
            <input
              type="datetime-local"
              step={1}
              value={forField(filter.to)}
              onChange={(event) => change({ to: fromField(event.currentTarget.value) })}
            />
          </Field>
          <Field label="Text in the last error">
            <input
              type="text"
              maxLength={255}
              value={filter.error ?? ""}
              onChange={(event) => change({ error: event.currentTarget.value || null })}
            />
          </Field>
          <Field label="Cause of the last failure">
            <input
              type="text"
              maxLength={255}
              placeholder="HTTP 503"
              value={filter.cause ?? ""}
              onChange={(event) => change({ cause: event.currentTarget.value || null })}
            />
          </Field>
        </div>
        <div class="row">
          {(
            [
              ["Last hour", 1],
              ["Last 24 hours", 24],
              ["Last 7 days", 168],
            ] as const
          ).map(([words, hours]) => (
            <button type="button" class="small" key={hours} onClick={() => change({ from: ago(hours), to: null })}>
              {words}
            </button>
          ))}
          {more && (
            <button
              type="button"
              class="small"
              onClick={() => change({ from: null, to: null, error: null, cause: null })}
            >
              Drop these
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
