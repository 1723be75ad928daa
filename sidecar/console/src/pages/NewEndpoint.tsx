import { useState } from "preact/hooks";
import { go } from "../address.ts";
import { api, ok, type Schemas } from "../api.ts";
import { invalidate, useAction } from "../query.ts";
import { mayWrite } from "../session.ts";
import { A } from "../ui/A.tsx";
import { announce } from "../ui/announce.tsx";
import { Once } from "../ui/Once.tsx";
import { Page } from "../ui/Page.tsx";
import { asWritten, fields } from "../written.ts";
import { isFilterWritten, subscriptionField, subscriptionOf, writtenOf } from "./endpoint/conditions.ts";
import { draftFrom, EndpointForm, fieldsOf, headersOf } from "./endpoint/EndpointForm.tsx";
import { SubscriptionFields } from "./endpoint/SubscriptionFields.tsx";

export function NewEndpoint() {
  const [draft, setDraft] = useState(draftFrom);
  const [made, setMade] = useState<Schemas["CreateEndpointResponse"] | null>(null);
  const [wants, setWants] = useState(() => subscriptionOf(null, null));
  const create = useAction(async () => {
    const { retry_schedule, ...rest } = fieldsOf(draft);
    const given = {
      ...rest,
      headers: headersOf(draft),
      ...(draft.schedule.kind === "default" ? {} : { retry_schedule }),
    };
    const written = Object.entries(given).map(([name, value]) => [name, JSON.stringify(value)]);
    const body = fields({ ...Object.fromEntries(written), ...writtenOf(wants) });
    setMade(ok(await api.POST("/v1/endpoints", asWritten(body))));
    invalidate("endpoint");
    announce("Endpoint created");
  });
  const aboutEvents = subscriptionField(create.error) !== null;
  return (
    <Page
      title="New endpoint"
      above={<A to="/endpoints">Endpoints</A>}
      lead="A URL that takes deliveries. Its signing secret is shown once, right after this."
    >
      <div class="panel slim">
        <div class="body">
          <EndpointForm
            draft={draft}
            onDraft={setDraft}
            error={aboutEvents ? undefined : create.error}
            onSubmit={() => void create.run()}
            disabled={create.busy || !mayWrite()}
          >
            <details open={aboutEvents || undefined}>
              <summary>Events that it wants</summary>
              <fieldset class="stack" disabled={create.busy || !mayWrite()}>
                <SubscriptionFields draft={wants} onDraft={setWants} error={create.error} />
              </fieldset>
            </details>
            <div class="row">
              <button type="submit" class="primary" disabled={create.busy || !mayWrite() || !isFilterWritten(wants)}>
                {create.busy ? "Creating…" : "Create endpoint"}
              </button>
              <A to="/endpoints" class="button">
                Leave
              </A>
              {!mayWrite() && <span class="fine">This session only reads.</span>}
            </div>
          </EndpointForm>
        </div>
      </div>
      <p class="hint below">
        No receiver yet? On your own machine <code>hookbridge listen --secret whsec_…</code> verifies and prints what
        arrives at <code>http://127.0.0.1:9000</code>. The sidecar delivers there where it was started with{" "}
        <code>--allow-local-endpoints</code>.
      </p>
      <Once
        shown={
          made && {
            title: "Keep the signing secret",
            what: "signing secret",
            secret: made.signing_secret,
            text: `The receiver at ${made.url} verifies with it that a delivery comes from here.`,
          }
        }
        onKept={() => {
          const id = made?.id;
          setMade(null);
          if (id) go(`/endpoints/${id}`, { replace: true });
        }}
      />
    </Page>
  );
}
