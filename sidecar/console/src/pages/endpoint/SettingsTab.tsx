import { useState } from "preact/hooks";
import { go } from "../../address.ts";
import { api, call, done, type Endpoint, ok, type Schemas } from "../../api.ts";
import { shortUrl } from "../../endpoints.ts";
import { invalidate, useAction } from "../../query.ts";
import { mayWrite } from "../../session.ts";
import { announce } from "../../ui/announce.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Failure } from "../../ui/states.tsx";
import { draftFrom, EndpointForm, fieldsOf, headersOf } from "./EndpointForm.tsx";

const MASK = "***";
const path = (endpoint: Endpoint) => ({ params: { path: { endpoint_id: endpoint.id } } });
const reveal = (endpoint: Endpoint) =>
  call<{ headers: Record<string, string> | null }>("POST", `/endpoints/${endpoint.id}/reveal`);

export function SettingsTab({ endpoint }: { endpoint: Endpoint }) {
  const [draft, setDraft] = useState(() => draftFrom(endpoint));
  const [asking, setAsking] = useState(false);
  const [saved, setSaved] = useState(false);
  const masked = draft.headers.some(({ value }) => value === MASK);

  const show = useAction(async () => {
    const { headers } = await reveal(endpoint);
    setDraft((before) => ({
      ...before,
      headers: before.headers.map((one) =>
        one.value === MASK ? { ...one, value: headers?.[one.name] ?? one.value } : one,
      ),
    }));
  });
  const save = useAction(async () => {
    const { retry_schedule, ...fields } = fieldsOf(draft);
    const body: Schemas["UpdateEndpoint"] = { ...fields, retry_schedule: retry_schedule ?? null };
    const headers = headersOf(draft);
    if (JSON.stringify(headers) !== JSON.stringify(endpoint.headers ?? {})) {
      // Headers are replaced whole: those that stay masked are asked for once more.
      const known = Object.values(headers).includes(MASK) ? (await reveal(endpoint)).headers : null;
      for (const name of Object.keys(headers)) if (headers[name] === MASK) headers[name] = known?.[name] ?? MASK;
      body.headers = headers;
    }
    ok(await api.PATCH("/v1/endpoints/{endpoint_id}", { ...path(endpoint), body }));
    setSaved(true);
    announce("Saved");
    invalidate("endpoint");
  });

  return (
    <div class="stack">
      <section class="panel slim">
        <div class="body">
          <EndpointForm
            draft={draft}
            onDraft={(next) => {
              setSaved(false);
              setDraft(next);
            }}
            error={save.error}
            onSubmit={() => void save.run()}
            disabled={save.busy || !mayWrite()}
            reveal={
              masked && (
                <button type="button" class="small" disabled={show.busy || !mayWrite()} onClick={() => void show.run()}>
                  <Icon name="eye" /> Reveal what is masked
                </button>
              )
            }
          >
            {show.error && <Failure error={show.error} />}
            <div class="row">
              <button type="submit" class="primary" disabled={save.busy || !mayWrite()}>
                {save.busy ? "Saving…" : "Save"}
              </button>
              {saved && <span class="fine">Saved. It holds from the next attempt on.</span>}
            </div>
          </EndpointForm>
        </div>
      </section>
      <section class="panel slim" aria-labelledby="delete">
        <div class="body row apart">
          <div>
            <h2 id="delete">Delete</h2>
            <p class="fine">It takes no more messages. What was accepted before is still delivered.</p>
          </div>
          <button type="button" class="danger" disabled={!mayWrite()} onClick={() => setAsking(true)}>
            <Icon name="trash" /> Delete endpoint
          </button>
        </div>
      </section>
      <Confirm
        open={asking}
        title="Delete this endpoint?"
        act="Delete endpoint"
        danger
        onClose={() => setAsking(false)}
        onAct={async () => {
          done(await api.DELETE("/v1/endpoints/{endpoint_id}", path(endpoint)));
          invalidate("endpoint");
          announce("Endpoint deleted");
          go("/endpoints", { replace: true });
        }}
      >
        <p>
          <strong>{endpoint.description || shortUrl(endpoint.url)}</strong> will take no more messages: a send that
          names it is refused. Messages that were accepted before are still delivered, with its URL, headers and keys.
        </p>
      </Confirm>
    </div>
  );
}
