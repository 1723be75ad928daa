import { useState } from "preact/hooks";
import { patchQuery } from "../../address.ts";
import type { Status } from "../../api.ts";
import { useEndpointChoice } from "../../endpoints.ts";
import { Combobox } from "../../ui/Combobox.tsx";
import { Field } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { Typed } from "../../ui/Typed.tsx";
import { forField, fromField, hoursAgo } from "../../when.ts";
import { statuses } from "../../words.ts";
import { type Filter, moreNames } from "./filter.ts";
import { Jump } from "./Jump.tsx";

export function Filters({ filter, fixed }: { filter: Filter; fixed: boolean }) {
  const { options } = useEndpointChoice();
  const more = moreNames.some((name) => filter[name]);
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
          <Icon name="filter" /> More filters {more && <span class="count">on</span>}
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
            <Typed
              type="datetime-local"
              step={1}
              value={forField(filter.from)}
              onDone={(text) => change({ from: fromField(text) })}
            />
          </Field>
          <Field label="Accepted before">
            <Typed
              type="datetime-local"
              step={1}
              value={forField(filter.to)}
              onDone={(text) => change({ to: fromField(text) })}
            />
          </Field>
          <Words label="Event type" name="type" placeholder="order.created" value={filter.type} onChange={change} />
          <Words label="Tenant" name="tenant" value={filter.tenant} onChange={change} />
          <Words label="Ordering key" name="order" value={filter.order} onChange={change} />
          <Words label="Text in the last error" name="error" value={filter.error} onChange={change} />
          <Words
            label="Cause of the last failure"
            name="cause"
            placeholder="HTTP 503"
            value={filter.cause}
            onChange={change}
          />
        </div>
        <div class="row">
          {(
            [
              ["Last hour", 1],
              ["Last 24 hours", 24],
              ["Last 7 days", 168],
            ] as const
          ).map(([words, hours]) => (
            <button type="button" class="small" key={hours} onClick={() => change({ from: hoursAgo(hours), to: null })}>
              {words}
            </button>
          ))}
          {more && (
            <button
              type="button"
              class="small"
              onClick={() => change(Object.fromEntries(moreNames.map((name) => [name, null])))}
            >
              Drop these
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

interface WordsProps {
  label: string;
  name: string;
  value: string | null;
  placeholder?: string;
  onChange: (changes: Record<string, string | null>) => void;
}

function Words({ label, name, value, placeholder, onChange }: WordsProps) {
  return (
    <Field label={label}>
      <Typed
        type="text"
        maxLength={255}
        placeholder={placeholder}
        value={value ?? ""}
        onDone={(text) => onChange({ [name]: text.trim() || null })}
      />
    </Field>
  );
}
