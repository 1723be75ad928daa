import { useState } from "preact/hooks";
import { api, type Endpoint, ok, type Schemas } from "../../api.ts";
import { useAction } from "../../query.ts";
import { mayWrite } from "../../session.ts";
import { announce } from "../../ui/announce.tsx";
import { Field } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Badge } from "../../ui/StatusBadge.tsx";
import { Failure } from "../../ui/states.tsx";
import { AttemptDetail } from "../message/AttemptDetail.tsx";

export function TestTab({ endpoint }: { endpoint: Endpoint }) {
  const [payload, setPayload] = useState("");
  const [result, setResult] = useState<Schemas["TestDelivery"] | null>(null);
  const test = useAction(async () => {
    const path = { endpoint_id: endpoint.id };
    const made = ok(
      await api.POST("/v1/endpoints/{endpoint_id}/test", { params: { path }, body: payload.trim() ? { payload } : {} }),
    );
    setResult(made);
    announce(made.delivered ? "Delivered" : "Not delivered");
  });
  return (
    <div class="stack">
      <section class="panel" aria-labelledby="test">
        <header>
          <h2 id="test">Send a test delivery</h2>
        </header>
        <form
          class="body stack"
          onSubmit={(event) => {
            event.preventDefault();
            void test.run();
          }}
        >
          <p class="fine">
            Signed like any other, with <code>X-Webhook-Test: true</code>. It is sent once and at once, whether the
            endpoint is paused or not, and no list shows it.
          </p>
          <Field label="Payload" hint="JSON, sent byte for byte. Empty: a small one of its own.">
            <textarea
              rows={6}
              spellcheck={false}
              placeholder='{"event":"hookbridge.test"}'
              value={payload}
              onInput={(event) => setPayload(event.currentTarget.value)}
            />
          </Field>
          <div class="row">
            <button type="submit" class="primary" disabled={test.busy || !mayWrite()}>
              <Icon name="send" /> {test.busy ? "Waiting for the answer…" : "Send test"}
            </button>
          </div>
        </form>
      </section>
      {test.error && <Failure error={test.error} />}
      {result && (
        <section class="panel" aria-labelledby="answer">
          <header>
            <h2 id="answer">What came back</h2>
            {result.delivered ? (
              <Badge tone="good" icon="check">
                Delivered
              </Badge>
            ) : (
              <Badge tone="bad" icon="cross">
                Not delivered
              </Badge>
            )}
          </header>
          <div class="body">
            <AttemptDetail attempt={result.attempt} url={endpoint.url} payload={result.payload} />
          </div>
        </section>
      )}
    </div>
  );
}
