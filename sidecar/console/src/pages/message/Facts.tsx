import type { Message } from "../../api.ts";
import { visible } from "../../payload/visible.tsx";
import { A } from "../../ui/A.tsx";
import { Copy } from "../../ui/Copy.tsx";
import { EndpointName } from "../../ui/EndpointName.tsx";
import { Id } from "../../ui/Id.tsx";
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
          {message.event_id && (
            <>
              <dt>Event</dt>
              <dd>
                <Id kind="event" id={message.event_id} short />
              </dd>
            </>
          )}
          {message.event_type && (
            <>
              <dt>Event type</dt>
              <dd>
                <A to={`/event-types/${encodeURIComponent(message.event_type)}`}>
                  <code>{visible(message.event_type)}</code>
                </A>
              </dd>
            </>
          )}
          <dt>Accepted</dt>
          <dd>
            <Time at={message.created_at} />
          </dd>
          {message.deliver_at && (
            <>
              <dt>Not before</dt>
              <dd>
                <Time at={message.deliver_at} />
              </dd>
            </>
          )}
          {message.expires_at && (
            <>
              <dt>Not after</dt>
              <dd>
                <Time at={message.expires_at} />
              </dd>
            </>
          )}
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
          {message.ordering_key !== null && (
            <>
              <dt>Ordering key</dt>
              <dd>
                <code>{visible(message.ordering_key)}</code>
              </dd>
            </>
          )}
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
