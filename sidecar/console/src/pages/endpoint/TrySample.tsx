import { useState } from "preact/hooks";
import { api, type Endpoint, ok, type Schemas } from "../../api.ts";
import { visible } from "../../payload/visible.tsx";
import { useAction } from "../../query.ts";
import { announce } from "../../ui/announce.tsx";
import { Field } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Badge } from "../../ui/StatusBadge.tsx";
import { Failure } from "../../ui/states.tsx";
import { asWritten, fields, isWritten } from "../../written.ts";
import type { ConditionWords } from "./conditions.ts";
import { Condition } from "./SubscriptionTab.tsx";

type Checked = Schemas["CheckedSubscription"];

/** Whether the endpoint would want an event, and which condition decides it. */
export function TrySample({ endpoint, conditions }: { endpoint: Endpoint; conditions: ConditionWords[] }) {
  const [type, setType] = useState("");
  const [payload, setPayload] = useState("{}");
  const [checked, setChecked] = useState<Checked | null>(null);
  const isJson = isWritten(payload);
  const check = useAction(async () => {
    const body = fields({ endpoint_id: JSON.stringify(endpoint.id), type: JSON.stringify(type.trim()), payload });
    const answer = ok(await api.POST("/v1/subscriptions/check", asWritten(body)));
    setChecked(answer);
    announce(answer.wanted ? "It would be delivered" : "It would not be delivered");
  });
  return (
    <section class="panel" aria-labelledby="sample">
      <header>
        <h2 id="sample">Try a sample</h2>
      </header>
      <div class="body stack">
        <form
          class="stack form"
          onSubmit={(event) => {
            event.preventDefault();
            if (isJson) void check.run();
          }}
        >
          <p class="fine">Nothing is sent: it only says whether such an event would be delivered here.</p>
          <Field label="Type">
            <input
              type="text"
              required
              maxLength={128}
              spellcheck={false}
              autocomplete="off"
              placeholder="order.created"
              value={type}
              onInput={(event) => setType(event.currentTarget.value)}
            />
          </Field>
          <Field label="Payload" error={isJson ? undefined : "This is not JSON yet."}>
            <textarea
              rows={5}
              spellcheck={false}
              value={payload}
              onInput={(event) => setPayload(event.currentTarget.value)}
            />
          </Field>
          <div class="row">
            <button type="submit" disabled={check.busy || !isJson}>
              <Icon name="check" /> Try it
            </button>
          </div>
        </form>
        {check.error && <Failure error={check.error} />}
        {checked && !check.error && <Outcome checked={checked} conditions={conditions} />}
      </div>
    </section>
  );
}

const Holds = ({ holds }: { holds: boolean }) => (
  <Badge tone={holds ? "good" : "bad"} icon={holds ? "check" : "cross"}>
    {holds ? "Holds" : "Does not hold"}
  </Badge>
);

function Outcome({ checked, conditions }: { checked: Checked; conditions: ConditionWords[] }) {
  return (
    <section class="outcome" aria-label="What the sample came to">
      <p class={`verdict ${checked.wanted ? "" : "bad"}`}>
        <strong>{checked.wanted ? "It would be delivered." : "It would not be delivered."}</strong>
      </p>
      <section class="scroll" aria-label="Conditions" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Condition</th>
              <th scope="col">Found</th>
              <th scope="col">Outcome</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>the type is one that it takes</td>
              <td class="nothing">–</td>
              <td class="tight">
                <Holds holds={checked.type_taken} />
              </td>
            </tr>
            {checked.conditions.map(({ pointer, holds, found }, at) => (
              <tr key={at}>
                <td>
                  <Condition of={conditions[at] ?? { pointer, words: "" }} />
                </td>
                <td class="found">
                  {found === null ? <span class="nothing">nothing there</span> : <code>{visible(found)}</code>}
                </td>
                <td class="tight">
                  <Holds holds={holds} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
