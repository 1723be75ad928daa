// Says whether a signature is right, and if not, which mistake makes it wrong. The keys stay on the server.

import { useState } from "preact/hooks";
import { param, patchQuery } from "../address.ts";
import { api, type LogItem, ok, pageOf, type Schemas } from "../api.ts";
import { useEndpointChoice } from "../endpoint-choice.ts";
import { useAction } from "../query.ts";
import { session } from "../session.ts";
import { announce } from "../ui/announce.tsx";
import { Combobox } from "../ui/Combobox.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Id } from "../ui/Id.tsx";
import { Page } from "../ui/Page.tsx";
import { Failure } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";
import { type Cause, FINDINGS, SCHEMES } from "./verify/causes.ts";
import { headersOf, linesOf } from "./verify/headers.ts";

type Verdict = Schemas["Verification"];

export function Verify() {
  const choice = useEndpointChoice();
  const endpoint = param("endpoint") ?? "";
  const [headers, setHeaders] = useState("");
  const [body, setBody] = useState("");
  const [computed, setComputed] = useState("");
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [refusals, setRefusals] = useState<{ endpoint?: string; headers?: string }>({});

  const change = (set: (text: string) => void) => (text: string) => {
    set(text);
    setVerdict(null);
    setRefusals({});
  };

  const check = useAction(async () => {
    const given = headersOf(headers);
    const refused = {
      ...(endpoint ? {} : { endpoint: "Choose the endpoint that it was meant for." }),
      ...(typeof given === "string" ? { headers: given } : {}),
    };
    setRefusals(refused);
    if (typeof given === "string" || !endpoint) return;
    const path = { endpoint_id: endpoint };
    const asked = { headers: given, body, ...(computed.trim() ? { computed: computed.trim() } : {}) };
    const found = ok(await api.POST("/v1/endpoints/{endpoint_id}/verify", { params: { path }, body: asked }));
    setVerdict(found);
    announce(`${FINDINGS[found.cause]?.title ?? found.cause}. ${found.sentence}`);
  });

  const example = useAction(async () => {
    const newest = await newestDelivery(endpoint);
    setHeaders(linesOf(newest.headers));
    setBody(newest.body);
    setComputed("");
    setVerdict(null);
    setRefusals({});
  });

  return (
    <Page
      title="Verify"
      lead="Paste a delivery as your receiver has it. The answer is which key made its signature, or what makes it wrong."
    >
      <div class="verify">
        <form
          class="panel"
          onSubmit={(event) => {
            event.preventDefault();
            void check.run();
          }}
        >
          <div class="body stack">
            <Field label="Endpoint" error={refusals.endpoint}>
              <Combobox
                value={endpoint}
                options={choice.options}
                placeholder="Choose an endpoint, or paste its id"
                onChoose={(value) => {
                  setVerdict(null);
                  setRefusals({});
                  patchQuery({ endpoint: value }, { replace: true });
                }}
              />
            </Field>
            {session.value?.payloads !== false && (
              <div class="row">
                <button type="button" disabled={!endpoint || example.busy} onClick={() => example.run()}>
                  <Icon name="eye" /> Take its newest delivery
                </button>
                <span class="fine">as an example that is right</span>
              </div>
            )}
            {example.error && <Failure error={example.error} />}
            <Field label="Headers" hint="Lines as “Name: value”, or a JSON object." error={refusals.headers}>
              <textarea
                rows={7}
                spellcheck={false}
                autocomplete="off"
                value={headers}
                onInput={(event) => change(setHeaders)(event.currentTarget.value)}
              />
            </Field>
            <Field
              label="Body"
              hint="Exactly as it was received, to the last newline. A body with \r\n or other bytes comes from a file."
            >
              <textarea
                rows={7}
                spellcheck={false}
                autocomplete="off"
                value={body}
                onInput={(event) => change(setBody)(event.currentTarget.value)}
              />
            </Field>
            <FileField onText={change(setBody)} />
            <Field
              label="What your code computed (optional)"
              hint="The value that your receiver compared with the header. It tells which mistake its code makes."
            >
              <input
                spellcheck={false}
                autocomplete="off"
                maxLength={1024}
                value={computed}
                onInput={(event) => change(setComputed)(event.currentTarget.value)}
              />
            </Field>
            {check.error && <Failure error={check.error} />}
            <div class="row">
              <button type="submit" class="primary" disabled={check.busy}>
                <Icon name="verify" /> Check the signature
              </button>
            </div>
          </div>
        </form>
        <div class="stack">
          {verdict ? (
            <Answer verdict={verdict} body={body} isUnexplained={isUnexplained(verdict, headers, computed)} />
          ) : (
            <Mistakes body={body} onBody={change(setBody)} />
          )}
          {verdict && (
            <button type="button" class="link" onClick={() => setVerdict(null)}>
              What it can find
            </button>
          )}
        </div>
      </div>
    </Page>
  );
}

function FileField({ onText }: { onText: (text: string) => void }) {
  return (
    <Field label="Body from a file">
      <input
        type="file"
        onChange={async (event) => {
          const file = event.currentTarget.files?.[0];
          if (file) onText(await file.text());
        }}
      />
    </Field>
  );
}

/** A right delivery, and a value beside it that nothing known makes. */
function isUnexplained(verdict: Verdict, headers: string, computed: string): boolean {
  return verdict.valid && computed.trim() !== "" && !headers.includes(computed.trim());
}

/** What is merely old is no forgery. */
const toneOf = (verdict: Verdict) =>
  verdict.valid ? "finding-right" : verdict.cause === "clock_off" ? "finding-old" : "finding-wrong";

function Answer({ verdict, body, isUnexplained }: { verdict: Verdict; body: string; isUnexplained: boolean }) {
  const finding = FINDINGS[verdict.cause];
  return (
    <section class={`panel finding ${toneOf(verdict)}`} aria-labelledby="verdict">
      <header>
        <h2 id="verdict">
          <Icon name={verdict.valid ? "check" : verdict.cause === "clock_off" ? "clock" : "cross"} />{" "}
          {finding?.title ?? verdict.cause}
        </h2>
        <code>{verdict.cause}</code>
      </header>
      <div class="body stack">
        <p>{verdict.sentence}</p>
        {isUnexplained ? (
          <p>
            The delivery is right. What your code computed fits no mistake that is known: look at the bytes and the
            secret that it has.
          </p>
        ) : (
          finding && <p>{finding.mend}</p>
        )}
        <dl class="facts">
          {verdict.scheme && (
            <>
              <dt>Looked at</dt>
              <dd>{SCHEMES[verdict.scheme] ?? verdict.scheme}</dd>
            </>
          )}
          {verdict.key_id && (
            <>
              <dt>Signing key</dt>
              <dd>
                <Id kind="signing key" id={verdict.key_id} />
              </dd>
            </>
          )}
          {verdict.signed_at && (
            <>
              <dt>Signed</dt>
              <dd>
                <Time at={verdict.signed_at} /> (<Time at={verdict.signed_at} how="relative" />)
              </dd>
            </>
          )}
          <dt>Body</dt>
          <dd>{new TextEncoder().encode(body).length.toLocaleString("en")} bytes</dd>
        </dl>
      </div>
    </section>
  );
}

/** Mistakes that can be made with the body that stands there, to see what is said of each. */
const TRIALS: { cause: Cause; words: string; make: (body: string) => string }[] = [
  { cause: "payload_space", words: "add a newline", make: (body) => `${body}\n` },
  {
    cause: "payload_written_again",
    words: "write the JSON again",
    make: (body) => {
      const again = JSON.stringify(JSON.parse(body));
      return again === body ? JSON.stringify(JSON.parse(body), null, 2) : again;
    },
  },
  {
    cause: "payload_changed",
    words: "change a digit",
    make: (body) => body.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
  },
];

function Mistakes({ body, onBody }: { body: string; onBody: (text: string) => void }) {
  const causes = Object.entries(FINDINGS) as [Cause, (typeof FINDINGS)[Cause]][];
  return (
    <section class="panel" aria-labelledby="mistakes">
      <header>
        <h2 id="mistakes">What it can find</h2>
      </header>
      <dl class="body mistakes">
        {causes.map(([cause, finding]) => {
          const trial = TRIALS.find((one) => one.cause === cause);
          return (
            <div key={cause}>
              <dt>
                {finding.title} <code class="fine">{cause}</code>
              </dt>
              <dd>
                {finding.mend}
                {trial && body !== "" && (
                  <>
                    {" "}
                    <button
                      type="button"
                      class="link"
                      onClick={() => {
                        try {
                          onBody(trial.make(body));
                        } catch {
                          announce("The body is not JSON");
                        }
                      }}
                    >
                      Try it: {trial.words}
                    </button>
                  </>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

/** The newest delivery of an endpoint: what was sent, and with which headers. */
async function newestDelivery(endpoint: string): Promise<{ headers: Record<string, unknown>; body: string }> {
  const query = { endpoint_id: endpoint, limit: 20 };
  const page = pageOf<LogItem>(await api.GET("/v1/logs", { params: { query } }));
  const found = page.items.find((item) => item.attempt_count > 0 && item.deleted_at === null);
  if (!found) throw new Error("This endpoint has no delivery yet: send a message first.");
  const path = { message_id: found.message_id };
  const attempts = ok(await api.GET("/v1/messages/{message_id}/attempts", { params: { path } }));
  const payload = ok(await api.GET("/v1/messages/{message_id}/payload", { params: { path } }));
  return { headers: attempts.at(-1)?.request_headers ?? {}, body: payload.payload };
}
