import type { Message } from "../../api.ts";
import { Copy } from "../../ui/Copy.tsx";
import { EndpointName } from "../../ui/EndpointName.tsx";
import { Time } from "../../ui/Time.tsx";
import { count, ms } from "../../words.ts";
import { MOST_REPLAYS } from "./replay.ts";

export function Facts({ message }: { message: Message }) {
  return (
    <section class="panel" aria-label="Facts">
      <div class="body factgrid">
        <dl class="facts">
          <dt>Endpoint</dt>
          <dd>
            <EndpointName id={message.endpoint_id} />
            <span class="id fine">
              <code>{message.endpoint_id}</code>
              <Copy text={message.endpoint_id} label="endpoint id" />
            </span>
          </dd>
          <dt>Accepted</dt>
          <dd>
            <Time at={message.created_at} />
          </dd>
          {message.total_delivery_ms !== null && (
            <>
              <dt>Delivered after</dt>
              <dd>{ms(message.total_delivery_ms)}</dd>
            </>
          )}
          {message.deleted_at && (
            <>
              <dt>Deleted</dt>
              <dd>
                <Time at={message.deleted_at} />{" "}
                {message.deleted_by_api_key_id && <code>{message.deleted_by_api_key_id}</code>}
              </dd>
            </>
          )}
        </dl>
        <dl class="facts">
          <dt>Attempts</dt>
          <dd>{count(message.attempt_count)}</dd>
          <dt>Replays</dt>
          <dd>
            {message.replay_count} of {MOST_REPLAYS}
          </dd>
          <dt>Idempotency key</dt>
          <dd>
            {message.idempotency_key ? (
              <span class="id">
                <code>{message.idempotency_key}</code>
                <Copy text={message.idempotency_key} label="idempotency key" />
              </span>
            ) : (
              <span class="nothing">none</span>
            )}
          </dd>
        </dl>
      </div>
    </section>
  );
}
