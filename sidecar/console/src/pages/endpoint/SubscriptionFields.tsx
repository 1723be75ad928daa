import type { ApiError, Schemas } from "../../api.ts";
import { Field } from "../../ui/Field.tsx";
import { isFilterWritten, type SubscriptionDraft, subscriptionField } from "./conditions.ts";

interface SubscriptionFieldsProps {
  draft: SubscriptionDraft;
  onDraft: (draft: SubscriptionDraft) => void;
  error: ApiError | undefined;
}

/** Which events an endpoint wants. */
export function SubscriptionFields({ draft, onDraft, error }: SubscriptionFieldsProps) {
  const wrong = subscriptionField(error);
  const refused = (name: typeof wrong) => (wrong === name ? error?.message : undefined);
  const set = (change: Partial<SubscriptionDraft>) => onDraft({ ...draft, ...change });
  return (
    <>
      <Field label="Tenant" hint="Whose events it gets; empty: those without a tenant." error={refused("tenant")}>
        <input
          type="text"
          maxLength={128}
          spellcheck={false}
          autocomplete="off"
          value={draft.tenant}
          onInput={(event) => set({ tenant: event.currentTarget.value })}
        />
      </Field>
      <Field
        label="Types"
        hint="A pattern a line, as order.* or order.created; empty: every type."
        error={refused("event_types")}
      >
        <textarea
          rows={3}
          spellcheck={false}
          value={draft.patterns}
          onInput={(event) => set({ patterns: event.currentTarget.value })}
        />
      </Field>
      <Field
        label="Filter"
        hint={
          <>
            A JSON list of conditions, all of which must hold, as <code>{'[{"pointer":"/total","greater":100}]'}</code>.
            Each has a <code>pointer</code> and one of <code>equals</code>, <code>in</code>, <code>exists</code>,{" "}
            <code>starts_with</code>, <code>greater</code>, <code>less</code>. Empty: none.
          </>
        }
        error={refused("filter") ?? (isFilterWritten(draft) ? undefined : "This is not JSON yet.")}
      >
        <textarea
          rows={8}
          spellcheck={false}
          value={draft.filter}
          onInput={(event) => set({ filter: event.currentTarget.value })}
        />
      </Field>
      <Field label="When a message of an ordering key is given up">
        <select
          value={draft.onFailure}
          onChange={(event) => set({ onFailure: event.currentTarget.value as Schemas["OnFailure"] })}
        >
          <option value="continue">Continue with the next of the key</option>
          <option value="halt">Halt the key until a person replays or deletes it</option>
        </select>
      </Field>
    </>
  );
}
