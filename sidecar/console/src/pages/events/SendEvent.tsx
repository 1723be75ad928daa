// Sends an event, and says whom it reached.
import { useId, useState } from "preact/hooks";
import { api, callWritten, pageOf, type Schemas } from "../../api.ts";
import { invalidate, useAction, useRead } from "../../query.ts";
import { A } from "../../ui/A.tsx";
import { announce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { EndpointName } from "../../ui/EndpointName.tsx";
import { Field } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { shortId } from "../../ui/Id.tsx";
import { Failure } from "../../ui/states.tsx";
import { plural } from "../../words.ts";
import { fields, isWritten, textOf } from "../../written.ts";

type Sent = Schemas["SendEventResponse"];

/** So many endpoints are named at once; the event's page has them all. */
const NAMED = 20;

/** Which field a refusal belongs to. */
function fieldOf(code: string | undefined, message = ""): "type" | "payload" | "tenant" | "order" | null {
  if (code === "UNKNOWN_EVENT_TYPE") return "type";
  if (code === "INVALID_PAYLOAD" || code === "PAYLOAD_TOO_LARGE") return "payload";
  if (code !== "INVALID_REQUEST") return null;
  if (message.includes("`type`")) return "type";
  if (message.includes("`tenant`")) return "tenant";
  if (message.includes("`ordering_key`")) return "order";
  return message.includes("`payload`") ? "payload" : null;
}

export function SendEvent({ type: given = "", onClose }: { type?: string; onClose: () => void }) {
  const [type, setType] = useState(given);
  const [tenant, setTenant] = useState("");
  const [order, setOrder] = useState("");
  const [payload, setPayload] = useState("{}");
  const [sent, setSent] = useState<Sent | null>(null);
  const isJson = isWritten(payload);
  const known = useRead("event-types/names", async (signal) =>
    pageOf<Schemas["EventTypeEntry"]>(await api.GET("/v1/event-types", { params: { query: { limit: 100 } }, signal })),
  );
  const send = useAction(async () => {
    if (!isJson) return;
    const body = fields({
      type: JSON.stringify(type.trim()),
      tenant: textOf(tenant),
      ordering_key: textOf(order),
      // As it is: its numbers keep their digits.
      payload,
    });
    const answer = await callWritten<Sent>("POST", "/v1/events", body);
    setSent(answer);
    announce(reached(answer));
    invalidate("events/");
  });
  const wrong = fieldOf(send.error?.code, send.error?.message);
  const refused = (name: typeof wrong) => (wrong === name ? send.error?.message : undefined);
  const list = useId();
  if (sent) return <Reached sent={sent} onClose={onClose} onAgain={() => setSent(null)} />;
  return (
    <Dialog
      open
      wide
      title="Send an event"
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="button"
            class="primary"
            disabled={send.busy || !type.trim() || !isJson}
            onClick={() => void send.run()}
          >
            <Icon name="send" /> Send event
          </button>
        </>
      }
    >
      <form
        class="stack form"
        onSubmit={(event) => {
          event.preventDefault();
          if (type.trim()) void send.run();
        }}
      >
        <p class="fine">It goes to every endpoint of its tenant whose patterns and filter take it.</p>
        <Field label="Type" hint="Names with dots between, as order.created." error={refused("type")}>
          <input
            type="text"
            required
            maxLength={128}
            spellcheck={false}
            autocomplete="off"
            autofocus
            list={list}
            value={type}
            onInput={(event) => setType(event.currentTarget.value)}
          />
        </Field>
        <datalist id={list}>
          {known.data?.items.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <div class="columns narrow">
          <Field label="Tenant" hint="Empty: endpoints without a tenant." error={refused("tenant")}>
            <input
              type="text"
              maxLength={128}
              spellcheck={false}
              autocomplete="off"
              value={tenant}
              onInput={(event) => setTenant(event.currentTarget.value)}
            />
          </Field>
          <Field
            label="Ordering key"
            hint="Empty: in no order. An endpoint gets those of one key one after another."
            error={refused("order")}
          >
            <input
              type="text"
              maxLength={255}
              spellcheck={false}
              autocomplete="off"
              value={order}
              onInput={(event) => setOrder(event.currentTarget.value)}
            />
          </Field>
        </div>
        <Field
          label="Payload"
          hint="JSON, sent byte for byte."
          error={refused("payload") ?? (isJson ? undefined : "This is not JSON yet.")}
        >
          <textarea
            rows={8}
            spellcheck={false}
            value={payload}
            onInput={(event) => setPayload(event.currentTarget.value)}
          />
        </Field>
        {send.error && !wrong && <Failure error={send.error} />}
      </form>
    </Dialog>
  );
}

function reached({ matched, messages }: Sent): string {
  const number = matched ?? messages.length;
  return number === 0 ? "No endpoint wants it" : `It reached ${plural(number, "endpoint")}`;
}

function Reached({ sent, onClose, onAgain }: { sent: Sent; onClose: () => void; onAgain: () => void }) {
  const { event_id: id, messages } = sent;
  return (
    <Dialog
      open
      wide
      title={reached(sent)}
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onAgain}>
            Send another
          </button>
          <button type="button" class="primary" autofocus onClick={onClose}>
            Done
          </button>
        </>
      }
    >
      <div class="stack">
        <p>
          {messages.length === 0
            ? "The event is kept: it can be replayed to an endpoint that comes later. "
            : "It is on disk with a message for each. "}
          <A to={`/events/${id}`} onClick={onClose}>
            Open the event
          </A>
        </p>
        {messages.length > 0 && (
          <ul class="reached">
            {messages.slice(0, NAMED).map((one) => (
              <li key={one.message_id} class="row">
                <EndpointName id={one.endpoint_id} />
                <A to={`/messages/${one.message_id}`} title={one.message_id} onClick={onClose}>
                  message <code>{shortId(one.message_id)}</code>
                </A>
              </li>
            ))}
          </ul>
        )}
        {messages.length > NAMED && <p class="fine">and {plural(messages.length - NAMED, "further one")}.</p>}
      </div>
    </Dialog>
  );
}
