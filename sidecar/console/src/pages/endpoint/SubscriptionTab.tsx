// Which events an endpoint wants, whether it would want a sample, and those that it has missed.
import { useState } from "preact/hooks";
import { api, type Endpoint, ok, okText } from "../../api.ts";
import { visible } from "../../payload/visible.tsx";
import { invalidate, useAction, useRead } from "../../query.ts";
import { mayWrite } from "../../session.ts";
import { refreshSeconds } from "../../settings.ts";
import { A } from "../../ui/A.tsx";
import { announce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Failure, Loaded } from "../../ui/states.tsx";
import { asWritten } from "../../written.ts";
import {
  bodyOf,
  type ConditionWords,
  conditionsOf,
  filterIn,
  isFilterWritten,
  subscriptionField,
  subscriptionOf,
} from "./conditions.ts";
import { Missed } from "./Missed.tsx";
import { SubscriptionFields } from "./SubscriptionFields.tsx";
import { TrySample } from "./TrySample.tsx";

const pathOf = (endpoint: Endpoint) => ({ path: { endpoint_id: endpoint.id } });

export function SubscriptionTab({ endpoint }: { endpoint: Endpoint }) {
  const [editing, setEditing] = useState(false);
  // Read as text: a number of a condition keeps its digits.
  const filter = useRead(
    `endpoint/${endpoint.id}/filter`,
    async (signal) =>
      filterIn(
        okText(await api.GET("/v1/endpoints/{endpoint_id}", { params: pathOf(endpoint), signal, parseAs: "text" })),
      ),
    { refresh: refreshSeconds() && 15 },
  );
  return (
    <Loaded read={{ ...filter, data: filter.data === undefined ? undefined : { text: filter.data } }} rows={3}>
      {({ text }) => {
        const conditions = conditionsOf(text ?? "[]");
        return (
          <div class="stack">
            <section class="panel" aria-labelledby="subscription">
              <header>
                <h2 id="subscription">Subscription</h2>
                <button type="button" disabled={!mayWrite()} onClick={() => setEditing(true)}>
                  <Icon name="edit" /> Change
                </button>
              </header>
              <div class="body">
                <Wanted endpoint={endpoint} conditions={conditions} />
              </div>
            </section>
            <TrySample endpoint={endpoint} conditions={conditions} />
            <Missed endpoint={endpoint} />
            {editing && <Edit endpoint={endpoint} filter={text} onClose={() => setEditing(false)} />}
          </div>
        );
      }}
    </Loaded>
  );
}

function Wanted({ endpoint, conditions }: { endpoint: Endpoint; conditions: ConditionWords[] }) {
  const types = endpoint.event_types ?? [];
  return (
    <dl class="facts">
      <dt>Tenant</dt>
      <dd>
        {endpoint.tenant === null ? (
          <span class="nothing">none: it gets events without a tenant</span>
        ) : (
          <A to={`/endpoints?tenant=${encodeURIComponent(endpoint.tenant)}`}>{visible(endpoint.tenant)}</A>
        )}
      </dd>
      <dt>Types</dt>
      <dd>
        {types.length === 0
          ? "every type"
          : types.map((pattern, at) => (
              <span key={pattern}>
                {at > 0 && ", "}
                <code>{visible(pattern)}</code>
              </span>
            ))}
      </dd>
      <dt>Filter</dt>
      <dd>
        {conditions.length === 0 ? (
          "none: every payload"
        ) : (
          <ul class="conditions">
            {conditions.map((one, at) => (
              <li key={at}>
                <Condition of={one} />
              </li>
            ))}
          </ul>
        )}
      </dd>
      <dt>Order</dt>
      <dd>
        {endpoint.on_failure === "halt"
          ? "where a message of an ordering key is given up, those behind it halt until a person replays or deletes it"
          : "where a message of an ordering key is given up, the next one follows"}
      </dd>
    </dl>
  );
}

export const Condition = ({ of: { pointer, words } }: { of: ConditionWords }) => (
  <>
    {pointer ? <code>{visible(pointer)}</code> : "the payload"} {visible(words)}
  </>
);

function Edit({ endpoint, filter, onClose }: { endpoint: Endpoint; filter: string | null; onClose: () => void }) {
  const [draft, setDraft] = useState(() => subscriptionOf(endpoint, filter));
  const may = isFilterWritten(draft);
  const save = useAction(async () => {
    ok(await api.PATCH("/v1/endpoints/{endpoint_id}", { params: pathOf(endpoint), ...asWritten(bodyOf(draft)) }));
    invalidate("endpoint");
    announce("Saved");
    onClose();
  });
  return (
    <Dialog
      open
      wide
      title="Change the subscription"
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="primary" disabled={save.busy || !may} onClick={() => void save.run()}>
            Save
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
        <p class="fine">It holds for events that are sent from now on.</p>
        <SubscriptionFields draft={draft} onDraft={setDraft} error={save.error} />
        {save.error && !subscriptionField(save.error) && <Failure error={save.error} />}
      </form>
    </Dialog>
  );
}
