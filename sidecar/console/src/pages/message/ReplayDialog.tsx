import type { ApiError, Attempt, Endpoint, Message } from "../../api.ts";
import { ScheduleLine } from "../../charts/ScheduleLine.tsx";
import { adviceFor } from "../../codes.ts";
import { invalidate, type Read, useAction } from "../../query.ts";
import { announce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Failure } from "../../ui/states.tsx";
import { gapsOf, size } from "../../words.ts";
import { addedHeaders, countsReplay, MOST_REPLAYS, type PayloadOf, refusalOf, replay } from "./replay.ts";

interface ReplayDialogProps {
  open: boolean;
  onClose: () => void;
  message: Message;
  attempts: Attempt[];
  payload: Pick<Read<PayloadOf>, "data" | "error">;
  endpoint: Endpoint | undefined;
  endpointError: ApiError | undefined;
}

/** Which bytes, headers, URL and schedule a replay uses, or the code that would refuse it. */
export function ReplayDialog({
  open,
  onClose,
  message,
  attempts,
  payload,
  endpoint,
  endpointError,
}: ReplayDialogProps) {
  const refusal = refusalOf(message, attempts, payload.error);
  const counts = countsReplay(message);
  const act = useAction(async () => {
    await replay(message);
    announce("Replayed: the message is queued");
    invalidate(`message/${message.id}`);
    onClose();
  });
  const added = addedHeaders(endpoint?.headers ?? null, payload.data?.headers ?? null);
  return (
    <Dialog
      open={open}
      title="Replay this message"
      onClose={onClose}
      wide
      actions={
        <>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
          <button type="button" class="primary" disabled={refusal !== null || act.busy} onClick={() => void act.run()}>
            <Icon name="replay" /> Replay
          </button>
        </>
      }
    >
      <div class="stack">
        {refusal ? (
          <div class="verdict bad">
            <strong>It would be refused: </strong>
            <code>{refusal}</code>
            <p>{adviceFor({ code: refusal })}</p>
          </div>
        ) : (
          <p>It is queued again with the same bytes. Its attempts go on counting; its schedule begins afresh.</p>
        )}
        <dl class="facts">
          <dt>Goes to</dt>
          <dd>
            {endpoint ? (
              <>
                <span class="url">{endpoint.url}</span>
                {endpoint.paused && (
                  <strong class="warn"> paused: it is held until somebody resumes the endpoint</strong>
                )}
              </>
            ) : endpointError?.code === "ENDPOINT_NOT_FOUND" ? (
              "the URL that the endpoint had when it was deleted"
            ) : (
              "…"
            )}
          </dd>
          <dt>Bytes</dt>
          <dd>
            {payload.data ? `the ${size(message.size_bytes)} that were accepted` : "the payload is gone"}, sha256{" "}
            <code>{message.payload_sha256.slice(0, 16)}…</code>
          </dd>
          <dt>Headers</dt>
          <dd>
            <code>webhook-id</code> as before; timestamp, signatures and attempt number anew
            {added.length > 0 && (
              <ul>
                {added.map(([name, value, owner]) => (
                  <li key={name}>
                    <code>
                      {name}: {value}
                    </code>{" "}
                    <span class="fine">of the {owner}</span>
                  </li>
                ))}
              </ul>
            )}
          </dd>
          <dt>Replays</dt>
          <dd>
            {counts
              ? `${message.replay_count} of ${MOST_REPLAYS} used; this would be number ${message.replay_count + 1}.`
              : `${message.replay_count} of ${MOST_REPLAYS} used; from the dead letter queue it does not count.`}
          </dd>
        </dl>
        {endpoint && !refusal && (
          <ScheduleLine
            gaps={[...gapsOf(endpoint.retry_schedule).slow]}
            maxAttempts={endpoint.max_attempts || 8}
            label="Attempts, if it goes on failing"
          />
        )}
        {act.error && <Failure error={act.error} />}
      </div>
    </Dialog>
  );
}
