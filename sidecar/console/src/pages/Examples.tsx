// The guide's samples with one's own endpoint, server and key filled in; how a receiver verifies what comes.

import { useMemo, useState } from "preact/hooks";
import { go, param, patchQuery } from "../address.ts";
import { ApiError, api, base, ok, type Schemas } from "../api.ts";
import { useEndpointChoice } from "../endpoint-choice.ts";
import { useAction } from "../query.ts";
import { fill, isPlain, type Sample, samples, verifies } from "../samples.ts";
import { maySend, mayWrite, session } from "../session.ts";
import { A } from "../ui/A.tsx";
import { announce } from "../ui/announce.tsx";
import { Code } from "../ui/Code.tsx";
import { Combobox } from "../ui/Combobox.tsx";
import { Copy } from "../ui/Copy.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Page } from "../ui/Page.tsx";
import { Failure } from "../ui/states.tsx";

export function Examples() {
  const choice = useEndpointChoice();
  const endpoint = param("endpoint") ?? "";
  return (
    <Page
      title="Examples"
      lead="A first message from your own code. Each sample is one that the tests run; only what is marked was filled in."
    >
      <SampleBench
        endpointId={endpoint || null}
        picker={
          <Field label="Endpoint" hint="Where the message goes.">
            <Combobox
              value={endpoint}
              options={choice.options}
              placeholder="Choose an endpoint, or paste its id"
              onChoose={(value) => patchQuery({ endpoint: value }, { replace: true })}
            />
          </Field>
        }
      />
    </Page>
  );
}

/** For the page of an endpoint: the same without the choice. */
export function ExamplesFor({ endpointId }: { endpointId: string; url?: string }) {
  return <SampleBench endpointId={endpointId} />;
}

const PAYLOAD = '{"event":"order.created","order_id":"ord_123"}';

function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  return `order-123-created-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function SampleBench({ endpointId, picker }: { endpointId: string | null; picker?: preact.ComponentChildren }) {
  // The key is in this tab's memory alone; it leaves with the page.
  const [key, setKey] = useState("");
  const [made, setMade] = useState(false);
  const [idempotencyKey, setIdempotencyKey] = useState(freshKey);
  const baseUrl = session.value?.public_url ?? location.origin + base;
  const sample = chosen(param("language"));

  const make = useAction(async () => {
    const body = { label: "Examples", scope: "send" as const };
    const answer = ok(await api.POST("/v1/api-keys", { body }));
    setKey(answer.key);
    setMade(true);
    announce("A key for sending was made");
  });
  const run = useAction(async () => {
    if (!endpointId) return;
    const sent = await send(endpointId, key, idempotencyKey);
    setIdempotencyKey(freshKey());
    go(`/messages/${sent}`);
  });

  const text = useMemo(
    () => fill(sample, { key: key || null, endpointId, baseUrl, idempotencyKey: endpointId ? idempotencyKey : null }),
    [sample, key, endpointId, baseUrl, idempotencyKey],
  );
  const filled = [
    { value: baseUrl },
    ...(endpointId ? [{ value: endpointId }, { value: idempotencyKey }] : []),
    ...(key && isPlain(key) ? [{ value: key, shown: masked(key) }] : []),
  ];
  const mayRun = endpointId !== null && (maySend.value || key !== "");
  return (
    <div class="bench">
      <form class="bench-form panel" onSubmit={(event) => event.preventDefault()}>
        <div class="body stack">
          {picker}
          <Field
            label="API key"
            hint={
              made
                ? "Made for sending alone, as “Examples” in API keys. It is shown in no other place: copy it now, or make another later."
                : "Paste one, or make one. It stays in this tab and is in no request but the one that Run makes."
            }
            error={
              key !== "" && !isPlain(key)
                ? "Samples cannot hold this key: it has characters beyond letters, digits and _ . -"
                : undefined
            }
          >
            <input
              type="password"
              autocomplete="off"
              spellcheck={false}
              value={key}
              placeholder="YOUR_API_KEY"
              onInput={(event) => {
                setKey(event.currentTarget.value.trim());
                setMade(false);
              }}
            />
          </Field>
          <div class="row">
            {mayWrite() && (
              <button type="button" disabled={make.busy} onClick={() => make.run()}>
                <Icon name="key" /> Make one now
              </button>
            )}
            {key && <Copy text={key} label="API key" words="Copy key" />}
          </div>
          {make.error && <Failure error={make.error} />}
          <dl class="facts">
            <dt>Server</dt>
            <dd>
              <code>{baseUrl}</code> <Copy text={baseUrl} label="server's URL" />
            </dd>
            {endpointId && (
              <>
                <dt>Endpoint id</dt>
                <dd>
                  <code>{endpointId}</code> <Copy text={endpointId} label="endpoint id" />
                </dd>
              </>
            )}
          </dl>
          <button type="button" class="primary" disabled={!mayRun || run.busy} onClick={() => run.run()}>
            <Icon name="send" /> Run it from here
          </button>
          <p class="hint">
            {endpointId
              ? "Sends the sample's message from this page, and opens it."
              : "Choose an endpoint first; then this sends the sample's message and opens it."}
          </p>
          {run.error && <Failure error={run.error} />}
        </div>
      </form>
      <div class="bench-main">
        <Languages chosen={sample.id} />
        {sample.install && (
          <Code
            text={sample.install}
            label={`how to install it for ${sample.name}`}
            title="Install, in a copy of HookBridge's repository"
          />
        )}
        <Code text={text} label={`${sample.name} sample`} title={<code>{sample.file}</code>} marked={filled} />
        <Code text={sample.run} label={`how to run the ${sample.name} sample`} title="Run" />
        <Receiver sample={sample} />
      </div>
    </div>
  );
}

const chosen = (id: string | null): Sample => {
  const found = samples.find((one) => one.id === id) ?? samples[0];
  if (!found) throw new Error("the page was built without samples");
  return found;
};

const masked = (key: string) => `${key.slice(0, 11)}${"•".repeat(Math.max(4, Math.min(key.length - 11, 16)))}`;

function Languages({ chosen }: { chosen: string }) {
  return (
    <fieldset class="languages">
      <legend class="unseen">Language</legend>
      {samples.map((one) => (
        <button
          type="button"
          key={one.id}
          aria-pressed={one.id === chosen}
          onClick={() => patchQuery({ language: one.id }, { replace: true })}
        >
          {one.name}
          {one.detail && <small>{one.detail}</small>}
        </button>
      ))}
    </fieldset>
  );
}

/** The other end: how what comes is told from a forgery. */
function Receiver({ sample }: { sample: Sample }) {
  const found = verifies.find((one) => one.id === sample.verify);
  return (
    <section class="stack receiver" aria-labelledby="receiver">
      <h2 id="receiver">Verify in your receiver</h2>
      <p>
        Take the body's bytes before anything parses them, and the endpoint's signing secret (<code>whsec_…</code>,
        shown when it was made). <A to="/verify">Verify</A> says what is wrong with a signature.
      </p>
      {found ? (
        <Code text={found.text} label={`${found.name} verification`} title={found.name} />
      ) : (
        <p class="fine">
          There is no sample of our own in {sample.name}. The libraries of Standard Webhooks verify{" "}
          <code>webhook-signature</code>; here is how it is done in {verifies.map((one) => one.name).join(", ")}: choose
          one of these above.
        </p>
      )}
    </section>
  );
}

/** With the key that was typed, as a program would; without one, as this session. */
async function send(endpointId: string, key: string, idempotencyKey: string): Promise<string> {
  const headers = { "X-Source": "billing-service" };
  if (key === "") {
    const payload = JSON.parse(PAYLOAD) as Schemas["SendRequest"]["payload"];
    const body = { endpoint_id: endpointId, payload, headers, idempotency_key: idempotencyKey };
    return ok(await api.POST("/v1/webhooks/send", { body })).message_id;
  }
  const response = await fetch(`${base}/v1/webhooks/send`, {
    method: "POST",
    credentials: "omit",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: `{"endpoint_id":${JSON.stringify(endpointId)},"payload":${PAYLOAD},"headers":${JSON.stringify(headers)},"idempotency_key":${JSON.stringify(idempotencyKey)}}`,
  });
  const answer = (await response.json().catch(() => ({}))) as {
    data?: { message_id: string };
    error?: { code: string; message: string };
    meta?: { request_id: string };
  };
  if (answer.data) return answer.data.message_id;
  const { code = `HTTP_${response.status}`, message = `The server answered ${response.status}.` } = answer.error ?? {};
  // The key that was typed was refused, not this session: 401 must not sign anybody out here.
  throw new ApiError(response.status === 401 ? 400 : response.status, code, message, answer.meta?.request_id ?? null);
}
