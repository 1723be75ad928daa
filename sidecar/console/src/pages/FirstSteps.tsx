// The way from an empty outbox to a delivered message. Each step ticks itself when it has happened.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, pageOf, root } from "../api.ts";
import { useEndpoints } from "../endpoints.ts";
import { onEvent } from "../events.ts";
import { invalidate, useRead } from "../query.ts";
import { A } from "../ui/A.tsx";
import { Copy } from "../ui/Copy.tsx";
import { Icon } from "../ui/Icon.tsx";

const DONE = `hookbridge.steps:${root}`;
const put = signal(localStorage.getItem(DONE) === "away");
/** Whether an id was copied here: the page alone knows. */
const copied = signal(localStorage.getItem(`${DONE}:copied`) === "yes");

function useProgress() {
  const endpoints = useEndpoints();
  const keys = useRead("api-keys", async (signal) => pageOf(await api.GET("/v1/api-keys", { signal })));
  const messages = useRead("messages/first", async (signal) =>
    pageOf(await api.GET("/v1/logs", { params: { query: { limit: 1 } }, signal })),
  );
  const delivered = useRead("messages/first-delivered", async (signal) =>
    pageOf(await api.GET("/v1/logs", { params: { query: { limit: 1, status: ["succeeded"] } }, signal })),
  );
  return { endpoints, keys, messages, delivered };
}

export function FirstSteps() {
  const { endpoints, keys, messages, delivered } = useProgress();
  const known = endpoints.data && keys.data && messages.data && delivered.data;
  const complete = Boolean(delivered.data?.items.length);
  useEffect(() => {
    if (complete || put.value) return;
    return onEvent(({ kind }) => {
      if (kind === "endpoint_changed" || kind === "gap") invalidate("endpoints/");
      if (kind !== "endpoint_changed") invalidate("messages/first");
    });
  }, [complete]);
  if (put.value || !known || complete) return null;

  const first = endpoints.data?.[0];
  const message = messages.data?.items[0];
  const steps = [
    {
      title: "Create an endpoint",
      done: Boolean(first),
      text: (
        <>
          The URL that messages are delivered to. No receiver yet? <code>hookbridge listen</code> is one on your own
          machine, at <code>http://127.0.0.1:9000</code>.
        </>
      ),
      action: (
        <A to="/endpoints/new" class="button primary">
          <Icon name="plus" /> New endpoint
        </A>
      ),
    },
    {
      title: "Copy its id",
      done: Boolean(first) && (copied.value || Boolean(message)),
      text: first ? <code>{first.id}</code> : "A send names the endpoint by its ep_ id.",
      action: first && (
        // biome-ignore lint/a11y/noStaticElementInteractions: it only hears what the button below does
        // biome-ignore lint/a11y/useKeyWithClickEvents: a key on the button is a click too
        <span
          onClick={() => {
            copied.value = true;
            localStorage.setItem(`${DONE}:copied`, "yes");
          }}
        >
          <Copy text={first.id} label="endpoint id" words="Copy id" />
        </span>
      ),
    },
    {
      title: "Make an API key",
      done: Boolean(keys.data?.items.length),
      text: "A program that sends shows it. Scope send is enough.",
      action: (
        <A to="/keys" class="button">
          API keys
        </A>
      ),
    },
    {
      title: "Send a message",
      done: Boolean(message),
      text: "In six languages and more, with your id and URL filled in.",
      action: (
        <A to={first ? `/examples?endpoint=${first.id}` : "/examples"} class="button">
          Examples
        </A>
      ),
    },
    {
      title: "Watch it arrive",
      done: complete,
      text: "Its status, and each attempt with request and answer.",
      action: (
        <A to={message ? `/messages/${message.message_id}` : "/messages"} class="button">
          {message ? "Open the message" : "Messages"}
        </A>
      ),
    },
  ];
  const next = steps.findIndex((step) => !step.done);
  return (
    <section class="panel" aria-labelledby="steps">
      <header>
        <h2 id="steps">From here to the first delivered message</h2>
        <button
          type="button"
          class="small"
          onClick={() => {
            put.value = true;
            localStorage.setItem(DONE, "away");
          }}
        >
          Put away
        </button>
      </header>
      <ol class="steps">
        {steps.map((step, index) => (
          <li key={step.title} data-done={step.done} aria-current={index === next ? "step" : undefined}>
            <span class="mark">{step.done ? <Icon name="check" /> : index + 1}</span>
            <div>
              <strong>{step.title}</strong>
              {step.done && <span class="unseen"> (done)</span>}
              <p class="fine">{step.text}</p>
            </div>
            {step.action}
          </li>
        ))}
      </ol>
    </section>
  );
}
