import { useEffect, useRef, useState } from "preact/hooks";
import { param, patchQuery } from "../address.ts";
import { api, type Message as MessageOf, ok, type Schemas } from "../api.ts";
import { onEvent } from "../events.ts";
import { invalidate, useAction, useRead } from "../query.ts";
import { mayWrite, session } from "../session.ts";
import { refreshSeconds } from "../settings.ts";
import { A } from "../ui/A.tsx";
import { announce } from "../ui/announce.tsx";
import { Compare } from "../ui/Compare.tsx";
import { Confirm } from "../ui/Confirm.tsx";
import { Copy } from "../ui/Copy.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusBadge } from "../ui/StatusBadge.tsx";
import { Empty, Failure, Loaded } from "../ui/states.tsx";
import { AttemptDetail } from "./message/AttemptDetail.tsx";
import { Facts } from "./message/Facts.tsx";
import { OrderQueue } from "./message/OrderQueue.tsx";
import { PayloadPanel } from "./message/PayloadPanel.tsx";
import { ReplayDialog } from "./message/ReplayDialog.tsx";
import { Reschedule } from "./message/Reschedule.tsx";
import { Timeline } from "./message/Timeline.tsx";
import { Why } from "./message/Why.tsx";

const above = <A to="/messages">Messages</A>;

/** Everything of a message, read side by side. */
function useMessage(id: string) {
  const path = { message_id: id };
  const key = `message/${id}`;
  const message = useRead(
    `${key}`,
    async (signal) => ok(await api.GET("/v1/messages/{message_id}", { params: { path }, signal })),
    {
      refresh: refreshSeconds(),
    },
  );
  const settled = message.data?.status === "succeeded" || message.data?.status === "failed_permanent";
  const options = { refresh: settled ? 0 : refreshSeconds() };
  const attempts = useRead(
    `${key}/attempts`,
    async (signal) => {
      const answer = await api.GET("/v1/messages/{message_id}/attempts", { params: { path }, signal });
      return {
        items: ok(answer),
        hasMore: (answer.data?.meta as { has_more?: boolean } | undefined)?.has_more === true,
      };
    },
    options,
  );
  const why = useRead(
    `${key}/explain`,
    async (signal) => ok(await api.GET("/v1/messages/{message_id}/explain", { params: { path }, signal })),
    options,
  );
  const payload = useRead(session.value?.payloads === false ? null : `${key}/payload`, async (signal) =>
    ok(await api.GET("/v1/messages/{message_id}/payload", { params: { path }, signal })),
  );
  const endpointId = message.data?.endpoint_id;
  const endpoint = useRead(endpointId ? `endpoint/${endpointId}` : null, async (signal) =>
    ok(await api.GET("/v1/endpoints/{endpoint_id}", { params: { path: { endpoint_id: endpointId ?? "" } }, signal })),
  );
  useEffect(
    () =>
      onEvent((event) => {
        if (event.message_id === id) invalidate(key);
      }),
    [id, key],
  );
  // The reads are of different moments: what is older than the message is read once more.
  const changed = message.data && `${message.data.updated_at} ${message.data.status} ${message.data.attempt_count}`;
  const before = useRef(changed);
  useEffect(() => {
    const known = attempts.data;
    const behind = known && !known.hasMore && known.items.length < (message.data?.attempt_count ?? 0);
    if ((before.current !== undefined && before.current !== changed) || behind) {
      attempts.reload();
      why.reload();
    }
    before.current = changed;
  }, [changed]);
  return { message, attempts, why, payload, endpoint };
}

export function Message({ id }: { id: string }) {
  const { message, attempts, why, payload, endpoint } = useMessage(id);
  const [replaying, setReplaying] = useState(false);
  if (message.error?.code === "NOT_FOUND") {
    return (
      <Page title="No such message" above={above}>
        <Empty title="This outbox has no message with this id" icon="messages">
          <p>
            <code>{id}</code>
          </p>
          <p>A message's row goes after its retention, and the beginning of an id is not enough here.</p>
          <A to={`/messages?q=${encodeURIComponent(id)}`} class="button">
            Look for it
          </A>
        </Empty>
      </Page>
    );
  }
  const one = message.data;
  const tries = attempts.data?.items ?? [];
  const chosenNo = Number(param("attempt")) || (tries.at(-1)?.attempt_no ?? null);
  const chosen = tries.find((attempt) => attempt.attempt_no === chosenNo);
  const comparedNo = Number(param("with")) || null;
  const compared = tries.find((attempt) => attempt.attempt_no === comparedNo);

  return (
    <Page
      title={
        <span class="row">
          Message
          {one && (
            <StatusBadge
              status={why.data?.progress === "being_attempted" ? "delivering" : one.status}
              deleted={one.deleted_at !== null}
            />
          )}
        </span>
      }
      above={above}
      actions={
        one && mayWrite() && <Actions message={one} explanation={why.data} onReplay={() => setReplaying(true)} />
      }
    >
      <div class="identity">
        <span class="row">
          <code>{id}</code>
          <Copy text={id} label="message id" words="Copy id" />
        </span>
      </div>
      <div class="stack">
        {why.data && <Why explanation={why.data} />}
        {why.error && !why.data && <Failure error={why.error} retry={why.reload} />}
        <Loaded read={message}>
          {(data) => (
            <div class="stack">
              <Facts message={data} />
              <OrderQueue message={data} explanation={why.data} />
              <Loaded read={attempts}>
                {({ items, hasMore }) => (
                  <Timeline
                    message={data}
                    attempts={items}
                    hasMore={hasMore}
                    explanation={why.data}
                    chosen={chosen?.attempt_no ?? null}
                    compared={compared?.attempt_no ?? null}
                  />
                )}
              </Loaded>
              {chosen && compared && (
                <section class="panel" aria-labelledby="compare">
                  <header>
                    <h2 id="compare">
                      Attempt {compared.attempt_no} beside attempt {chosen.attempt_no}
                    </h2>
                    <button type="button" class="small" onClick={() => patchQuery({ with: null })}>
                      Close
                    </button>
                  </header>
                  <div class="body">
                    <Compare left={compared} right={chosen} />
                  </div>
                </section>
              )}
              {chosen && !compared && (
                <section class="panel" aria-labelledby="attempt">
                  <header>
                    <h2 id="attempt">Attempt {chosen.attempt_no}</h2>
                  </header>
                  <div class="body">
                    <AttemptDetail attempt={chosen} url={endpoint.data?.url} payload={payload.data?.payload} />
                  </div>
                </section>
              )}
              <PayloadPanel message={data} payload={payload} />
              <ReplayDialog
                open={replaying}
                onClose={() => setReplaying(false)}
                message={data}
                attempts={tries}
                payload={payload}
                endpoint={endpoint.data}
                endpointError={endpoint.error}
              />
            </div>
          )}
        </Loaded>
      </div>
    </Page>
  );
}

interface ActionsProps {
  message: MessageOf;
  explanation: Schemas["Explanation"] | undefined;
  onReplay: () => void;
}

/** What holds a message that was not attempted yet, so that it can be cancelled at leisure. */
const HOLDS: readonly Schemas["ExplanationCause"][] = ["scheduled", "behind_in_order", "order_halted", "paused"];

function Actions({ message, explanation, onReplay }: ActionsProps) {
  const path = { params: { path: { message_id: message.id } } };
  const [asking, setAsking] = useState<"cancel" | "delete" | "reschedule" | null>(null);
  const again = () => invalidate(`message/${message.id}`);
  const now = useAction(async () => {
    ok(await api.POST("/v1/messages/{message_id}/retry-now", path));
    announce("It is due now");
    again();
  });
  const waits = message.status === "pending_retry" && !message.deleted_at;
  const causes = explanation?.reasons.map((reason) => reason.cause) ?? [];
  const held = message.status === "queued" && !message.deleted_at && HOLDS.some((cause) => causes.includes(cause));
  const scheduled = held && causes.includes("scheduled");
  return (
    <>
      {(waits || scheduled) && (
        <button type="button" class="primary" disabled={now.busy} onClick={() => void now.run()}>
          <Icon name="play" /> {waits ? "Retry now" : "Deliver now"}
        </button>
      )}
      {scheduled && (
        <button type="button" onClick={() => setAsking("reschedule")}>
          <Icon name="clock" /> Reschedule
        </button>
      )}
      {(waits || held) && (
        <button type="button" onClick={() => setAsking("cancel")}>
          <Icon name="cross" /> {waits ? "Cancel retry" : "Cancel"}
        </button>
      )}
      <button
        type="button"
        class={message.status === "failed_permanent" && !message.deleted_at ? "primary" : undefined}
        onClick={onReplay}
      >
        <Icon name="replay" /> Replay…
      </button>
      {!message.deleted_at && (
        <button type="button" class="danger" onClick={() => setAsking("delete")}>
          <Icon name="trash" /> Delete
        </button>
      )}
      {now.error && <Failure error={now.error} />}
      {asking === "reschedule" && <Reschedule message={message} onClose={() => setAsking(null)} />}
      <Confirm
        open={asking === "cancel"}
        title={held ? "Cancel this message?" : "Cancel the retry?"}
        act={held ? "Cancel message" : "Cancel retry"}
        danger
        onClose={() => setAsking(null)}
        onAct={async () => {
          ok(await api.POST("/v1/messages/{message_id}/cancel", path));
          announce("Given up");
          again();
        }}
      >
        <p>
          The message is given up and stands in the dead letter queue, from where it can be replayed.
          {message.ordering_key !== null && " Those behind it in the order of its key follow."}
        </p>
      </Confirm>
      <Confirm
        open={asking === "delete"}
        title="Delete this message?"
        act="Delete message"
        danger
        onClose={() => setAsking(null)}
        onAct={async () => {
          ok(await api.DELETE("/v1/messages/{message_id}", path));
          announce("Deleted");
          again();
        }}
      >
        <p>
          Its payload is dropped and its idempotency key is free at once. No attempt follows; one that is under way may
          finish. Its row and its attempts stay. This cannot be taken back.
        </p>
      </Confirm>
    </>
  );
}
