// The payload, or since when it is gone and why.
import type { Message } from "../../api.ts";
import { adviceFor } from "../../codes.ts";
import type { Read } from "../../query.ts";
import { session } from "../../session.ts";
import { Copy } from "../../ui/Copy.tsx";
import { Payload } from "../../ui/Payload.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/Time.tsx";
import { size } from "../../words.ts";
import type { PayloadOf } from "./replay.ts";

export function PayloadPanel({ message, payload }: { message: Message; payload: Read<PayloadOf> }) {
  const gone =
    payload.error && (payload.error.code === "PAYLOAD_UNAVAILABLE" || payload.error.code === "RETENTION_EXPIRED");
  return (
    <div class="panel">
      <header>
        <h2 id="payload">Payload</h2>
        <span class="fine">
          {size(message.size_bytes)}
          {message.payload_expires_at && (
            <>
              , dropped <Time at={message.payload_expires_at} how="relative" /> at the latest
            </>
          )}
        </span>
      </header>
      <div class="body">
        {session.value?.payloads === false ? (
          <p class="fine">This console does not show payloads.</p>
        ) : gone ? (
          <div class="stack">
            <p>
              <strong>The payload is gone{message.deleted_at ? ": the message was deleted" : ""}.</strong>{" "}
              {!message.deleted_at && `${payload.error?.message}. `}
              {message.deleted_at ? (
                <>
                  That was at <Time at={message.deleted_at} />.
                </>
              ) : (
                adviceFor({ code: payload.error?.code ?? "" })
              )}
            </p>
            <p class="fine">
              Its hash stays: sha256 <code>{message.payload_sha256}</code>{" "}
              <Copy text={message.payload_sha256} label="sha256" />
            </p>
          </div>
        ) : (
          <Loaded read={payload}>
            {(data) => (
              <div class="stack">
                <Payload
                  text={data.payload}
                  name={`${message.id}.json`}
                  size={data.size_bytes}
                  sha256={data.payload_sha256}
                />
                {data.headers && Object.keys(data.headers).length > 0 && (
                  <dl class="facts">
                    {Object.entries(data.headers).map(([name, value]) => (
                      <>
                        <dt key={name}>
                          <code>{name}</code>
                        </dt>
                        <dd key={`${name} value`}>
                          <code>{value}</code>
                        </dd>
                      </>
                    ))}
                  </dl>
                )}
              </div>
            )}
          </Loaded>
        )}
      </div>
    </div>
  );
}
