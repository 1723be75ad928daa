// An event type is added to the catalogue, or changed there.
import { useState } from "preact/hooks";
import { api, ok } from "../../api.ts";
import { invalidate, useAction } from "../../query.ts";
import { announce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Failure } from "../../ui/states.tsx";
import { asWritten, fields, isWritten, laidOut } from "../../written.ts";

export interface TypeDraft {
  name: string;
  description: string;
  /** JSON as it is written; empty is none. */
  schema: string;
  example: string;
  deprecated: boolean;
}

const NONE: TypeDraft = { name: "", description: "", schema: "", example: "", deprecated: false };
const fieldNames = ["schema", "example", "description", "name", "type"] as const;

interface TypeFormProps {
  /** The type that is changed; without it one is made. */
  type?: TypeDraft;
  onClose: () => void;
  onDone?: (name: string) => void;
}

export function TypeForm({ type, onClose, onDone }: TypeFormProps) {
  const [draft, setDraft] = useState<TypeDraft>(() =>
    type ? { ...type, schema: laidOut(type.schema), example: laidOut(type.example) } : NONE,
  );
  const set = (change: Partial<TypeDraft>) => setDraft({ ...draft, ...change });
  const isJson = (text: string) => !text.trim() || isWritten(text);
  const bad = { schema: !isJson(draft.schema), example: !isJson(draft.example) };
  const save = useAction(async () => {
    const name = draft.name.trim();
    const rest = {
      description: JSON.stringify(draft.description.trim()),
      deprecated: String(draft.deprecated),
    };
    if (type) {
      const body = fields({ ...rest, schema: draft.schema.trim() || "null", example: draft.example.trim() || "null" });
      ok(await api.PATCH("/v1/event-types/{name}", { params: { path: { name } }, ...asWritten(body) }));
    } else {
      const body = fields({
        name: JSON.stringify(name),
        ...rest,
        schema: draft.schema.trim() || null,
        example: draft.example.trim() || null,
      });
      ok(await api.POST("/v1/event-types", asWritten(body)));
    }
    invalidate("event-types");
    announce(type ? "Saved" : "The event type was added");
    onClose();
    onDone?.(name);
  });
  const { code, message = "" } = save.error ?? {};
  const wrong =
    code === "ALREADY_EXISTS"
      ? "name"
      : code === "INVALID_REQUEST"
        ? fieldNames.find((one) => message.includes(`\`${one}`))
        : undefined;
  const refused = (...names: string[]) => (wrong && names.includes(wrong) ? message : undefined);
  const written = (label: string, name: "schema" | "example", hint: string) => (
    <Field label={label} hint={hint} error={refused(name) ?? (bad[name] ? "This is not JSON yet." : undefined)}>
      <textarea
        rows={6}
        spellcheck={false}
        value={draft[name]}
        onInput={(event) => set({ [name]: event.currentTarget.value })}
      />
    </Field>
  );
  const may = !save.busy && draft.name.trim() !== "" && !bad.schema && !bad.example;
  return (
    <Dialog
      open
      wide
      title={type ? `Change ${type.name}` : "New event type"}
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="primary" disabled={!may} onClick={() => void save.run()}>
            {type ? "Save" : "Add type"}
          </button>
        </>
      }
    >
      <form
        class="stack form"
        onSubmit={(event) => {
          event.preventDefault();
          if (may) void save.run();
        }}
      >
        {!type && (
          <Field
            label="Name"
            hint="Names of letters, digits, _ and - with dots between, as order.created."
            error={refused("name", "type")}
          >
            <input
              type="text"
              required
              autofocus
              maxLength={128}
              spellcheck={false}
              autocomplete="off"
              value={draft.name}
              onInput={(event) => set({ name: event.currentTarget.value })}
            />
          </Field>
        )}
        <Field label="Description" hint="For people." error={refused("description")}>
          <input
            type="text"
            maxLength={500}
            value={draft.description}
            onInput={(event) => set({ description: event.currentTarget.value })}
          />
        </Field>
        {written("Schema", "schema", "JSON schema (2020-12) of its payloads; empty is none.")}
        {written("Example", "example", "A payload, for whoever writes a receiver; empty is none.")}
        <label class="check">
          <input
            type="checkbox"
            checked={draft.deprecated}
            onChange={(event) => set({ deprecated: event.currentTarget.checked })}
          />
          <span>
            Deprecated <span class="fine">receivers should not rely on it any more; it is sent all the same</span>
          </span>
        </label>
        {save.error && !wrong && <Failure error={save.error} />}
      </form>
    </Dialog>
  );
}
