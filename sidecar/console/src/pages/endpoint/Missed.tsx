import { useState } from "preact/hooks";
import type { Endpoint } from "../../api.ts";
import { openBulk } from "../../bulk.tsx";
import { nameOf } from "../../endpoints.ts";
import { mayWrite } from "../../session.ts";
import { times } from "../../settings.ts";
import { Field } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { forField, fromField, hoursAgo } from "../../when.ts";

/** Makes the messages of events that the endpoint wants and has none of. */
export function Missed({ endpoint }: { endpoint: Endpoint }) {
  const [since, setSince] = useState(() => forField(hoursAgo(24)).slice(0, 16));
  const [before, setBefore] = useState("");
  const [type, setType] = useState("");
  const [rate, setRate] = useState("");
  const from = fromField(since);
  const to = fromField(before);
  const open = () => {
    if (!from) return;
    const parts = [`Events since ${since.replace("T", " ")}${times.value === "utc" ? " UTC" : ""}`];
    if (to) parts.push(`before ${before.replace("T", " ")}`);
    if (type.trim()) parts.push(`of the type ${type.trim()}`);
    const speed = rate ? `, ${rate} a second` : "";
    openBulk({
      operation: "replay_events",
      events: {
        endpoint_id: endpoint.id,
        since: from,
        ...(to ? { before: to } : {}),
        ...(type.trim() ? { type: type.trim() } : {}),
        ...(rate ? { rate: Number(rate) } : {}),
      },
      title: "Replay missed events",
      words: `${parts.join(" ")} that ${nameOf(endpoint)} wants and has no message of${speed}.`,
    });
  };
  return (
    <section class="panel missed" aria-labelledby="missed">
      <header>
        <h2 id="missed">Replay missed events</h2>
      </header>
      <form
        class="body stack form"
        onSubmit={(event) => {
          event.preventDefault();
          open();
        }}
      >
        <p class="fine">
          Events that were sent before the endpoint was there, or before it wanted them, and whose payload is kept. They
          are counted first; nothing is made before you say so.
        </p>
        <fieldset class="stack" disabled={!mayWrite()}>
          <div class="columns">
            <Field label="Since">
              <input
                type="datetime-local"
                required
                value={since}
                onInput={(event) => setSince(event.currentTarget.value)}
              />
            </Field>
            <Field label="Before" hint="Empty: until now.">
              <input type="datetime-local" value={before} onInput={(event) => setBefore(event.currentTarget.value)} />
            </Field>
            <Field label="Type" hint="Empty: every one that it takes.">
              <input
                type="text"
                maxLength={128}
                spellcheck={false}
                autocomplete="off"
                value={type}
                onInput={(event) => setType(event.currentTarget.value)}
              />
            </Field>
            <Field label="Messages a second" hint="Empty: all at once.">
              <input
                type="number"
                min={1}
                max={1000}
                value={rate}
                onInput={(event) => setRate(event.currentTarget.value)}
              />
            </Field>
          </div>
          <div class="row">
            <button type="submit">
              <Icon name="replay" /> Count them…
            </button>
          </div>
        </fieldset>
      </form>
    </section>
  );
}
