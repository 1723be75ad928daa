import { useState } from "preact/hooks";
import { go } from "../address.ts";
import { api, ok, type Schemas } from "../api.ts";
import { invalidate, useAction } from "../query.ts";
import { mayWrite } from "../session.ts";
import { A } from "../ui/A.tsx";
import { announce } from "../ui/announce.tsx";
import { Once } from "../ui/Once.tsx";
import { Page } from "../ui/Page.tsx";
import { draftFrom, EndpointForm, fieldsOf, headersOf } from "./endpoint/EndpointForm.tsx";

export function NewEndpoint() {
  const [draft, setDraft] = useState(draftFrom);
  const [made, setMade] = useState<Schemas["CreateEndpointResponse"] | null>(null);
  const create = useAction(async () => {
    const { retry_schedule, ...fields } = fieldsOf(draft);
    const body = {
      ...fields,
      headers: headersOf(draft),
      ...(draft.schedule.kind === "default" ? {} : { retry_schedule }),
    };
    setMade(ok(await api.POST("/v1/endpoints", { body: body as Schemas["CreateEndpoint"] })));
    invalidate("endpoint");
    announce("Endpoint created");
  });
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
            error={create.error}
            onSubmit={() => void create.run()}
            disabled={create.busy || !mayWrite()}
          >
            <div class="row">
              <button type="submit" class="primary" disabled={create.busy || !mayWrite()}>
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
