// API keys: who is let in, and to what.

import { useState } from "preact/hooks";
import { api, done, ok, type PageOf, pageOf, type Schemas } from "../api.ts";
import { visible } from "../payload/visible.tsx";
import { invalidate, useAction, useRead } from "../query.ts";
import { mayWrite, session } from "../session.ts";
import { refreshSeconds } from "../settings.ts";
import { announce } from "../ui/announce.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Id } from "../ui/Id.tsx";
import { type Column, List } from "../ui/List.tsx";
import { Once } from "../ui/Once.tsx";
import { Page } from "../ui/Page.tsx";
import { Badge } from "../ui/StatusBadge.tsx";
import { Empty, Failure } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";

type Key = Schemas["APIKeyInfo"];
type Scope = Schemas["APIKeyScope"];

const SCOPES: { scope: Scope; title: string; words: string }[] = [
  { scope: "full", title: "Full", words: "everything" },
  { scope: "read", title: "Read", words: "looks at everything and changes nothing" },
  { scope: "send", title: "Send", words: "sends messages, and nothing else" },
];

export function Keys() {
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<Key | null>(null);
  const read = useRead(
    "api-keys",
    async (signal): Promise<PageOf<Key>> => pageOf(await api.GET("/v1/api-keys", { signal })),
    {
      refresh: refreshSeconds(),
    },
  );
  const own = session.value?.api_key?.key_id;
  const columns: Column<Key>[] = [
    {
      head: "Label",
      class: "wide",
      cell: (key) => (
        <>
          {key.label ? visible(key.label) : <span class="nothing">no label</span>}{" "}
          {key.key_id === own && <Badge tone="plain">this session</Badge>}
        </>
      ),
    },
    { head: "Begins with", class: "tight", cell: (key) => <code>{key.prefix}…</code> },
    { head: "Scope", class: "tight", cell: (key) => <ScopeOf scope={key.scope ?? "full"} /> },
    { head: "Mode", class: "tight", cell: (key) => (key.prefix.startsWith("hb_test") ? "test" : "live") },
    { head: "Id", class: "tight", cell: (key) => <Id kind="API key" id={key.key_id} short /> },
    { head: "Made", class: "tight", cell: (key) => <Time at={key.created_at} /> },
    {
      head: "Last used",
      class: "tight",
      cell: (key) => (key.last_used_at ? <Time at={key.last_used_at} /> : <span class="nothing">never</span>),
    },
  ];
  if (mayWrite()) {
    columns.push({
      head: <span class="unseen">Actions</span>,
      class: "tight",
      cell: (key) => (
        <button
          type="button"
          class="small danger"
          aria-label={`Delete key ${key.label || key.prefix}`}
          onClick={() => setLeaving(key)}
        >
          <Icon name="trash" /> Delete
        </button>
      ),
    });
  }
  return (
    <Page
      title="API keys"
      lead="A key lets a program or a person in. It is shown once, when it is made; only its hash is kept."
      actions={
        mayWrite() && (
          <button type="button" class="primary" onClick={() => setMaking(true)}>
            <Icon name="plus" /> New key
          </button>
        )
      }
    >
      <List
        read={read}
        columns={columns}
        rowKey={(key) => key.key_id}
        caption="API keys"
        empty={
          <Empty title="No API key" icon="key">
            <p>Whoever can open the outbox file needs none. Make one for a program on another machine.</p>
          </Empty>
        }
      />
      {making && <NewKey onClose={() => setMaking(false)} />}
      {leaving && <DeleteKey which={leaving} own={leaving.key_id === own} onClose={() => setLeaving(null)} />}
    </Page>
  );
}

function ScopeOf({ scope }: { scope: Scope }) {
  const known = SCOPES.find((one) => one.scope === scope);
  return (
    <span title={known?.words}>
      <Badge tone={scope === "full" ? "warn" : "plain"}>{scope}</Badge>
    </span>
  );
}

/** Asks what the key is for, then shows it once. */
function NewKey({ onClose }: { onClose: () => void }) {
  const [label, setLabel] = useState("");
  const [scope, setScope] = useState<Scope>("send");
  const [mode, setMode] = useState<Schemas["APIKeyMode"]>("live");
  const [made, setMade] = useState<Schemas["CreateAPIKeyResponse"] | null>(null);
  const make = useAction(async () => {
    setMade(ok(await api.POST("/v1/api-keys", { body: { label, scope, mode } })));
    announce("The key was made");
    invalidate("api-keys");
  });
  if (made) {
    const text = `Whoever has it is let in as ${made.label ? `“${made.label}”` : "its owner"}.`;
    return <Once shown={{ title: "Keep this key", what: "API key", secret: made.key, text }} onKept={onClose} />;
  }
  return (
    <Dialog
      open
      title="New API key"
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="primary" disabled={make.busy} onClick={() => make.run()}>
            Make key
          </button>
        </>
      }
    >
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void make.run();
        }}
      >
        {make.error && <Failure error={make.error} />}
        <Field label="Label" hint="Who has it, as “orders service” or a name. It stands in Activity.">
          <input autofocus maxLength={255} value={label} onInput={(event) => setLabel(event.currentTarget.value)} />
        </Field>
        <fieldset class="choices">
          <legend>Scope</legend>
          {SCOPES.map((one) => (
            <label class="check" key={one.scope}>
              <input type="radio" name="scope" checked={scope === one.scope} onChange={() => setScope(one.scope)} />
              <span>
                {one.title} <span class="fine">{one.words}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <fieldset class="choices">
          <legend>Mode</legend>
          {(["live", "test"] as const).map((one) => (
            <label class="check" key={one}>
              <input type="radio" name="mode" checked={mode === one} onChange={() => setMode(one)} />
              <span>
                {one} <code class="fine">hb_{one}_…</code>
              </span>
            </label>
          ))}
          <p class="hint">Both do the same; the name helps to tell them apart.</p>
        </fieldset>
      </form>
    </Dialog>
  );
}

function DeleteKey({ which, own, onClose }: { which: Key; own: boolean; onClose: () => void }) {
  const [sure, setSure] = useState(!own);
  const remove = useAction(async () => {
    done(await api.DELETE("/v1/api-keys/{key_id}", { params: { path: { key_id: which.key_id } } }));
    announce("The key was deleted");
    onClose();
    invalidate("");
  });
  return (
    <Dialog
      open
      title="Delete API key"
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="danger" disabled={!sure || remove.busy} onClick={() => remove.run()}>
            Delete key
          </button>
        </>
      }
    >
      <div class="stack">
        {remove.error && <Failure error={remove.error} />}
        <p>
          <strong>{which.label || "no label"}</strong> <code>{which.prefix}…</code> lets nobody in any more, from its
          next request on.
        </p>
        <p>
          {which.last_used_at ? (
            <>
              It was last used <Time at={which.last_used_at} how="relative" />. Whoever uses it will be refused.
            </>
          ) : (
            "It was never used."
          )}
        </p>
        {own && (
          <label class="check">
            <input type="checkbox" checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} />
            It is the key of this session, which ends with it
          </label>
        )}
      </div>
    </Dialog>
  );
}
