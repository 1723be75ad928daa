// The messages of an endpoint that wait in the order of one key, the front first.
import { withQuery } from "../../address.ts";
import { api, type LogItem, type Message, type PageOf, pageOf, type Schemas } from "../../api.ts";
import { visible } from "../../payload/visible.tsx";
import { useRead } from "../../query.ts";
import { refreshSeconds } from "../../settings.ts";
import { useSoonAfter } from "../../soon.ts";
import { A } from "../../ui/A.tsx";
import { shortId } from "../../ui/Id.tsx";
import { StatusBadge } from "../../ui/StatusBadge.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/Time.tsx";
import { count } from "../../words.ts";

/** More are not read; the newest are those that are. */
const MOST = 500;
/** So many stand in the table. */
const SHOWN = 20;

interface OrderQueueProps {
  message: Message;
  explanation: Schemas["Explanation"] | undefined;
}

export function OrderQueue({ message, explanation }: OrderQueueProps) {
  const { endpoint_id: endpoint, ordering_key: key } = message;
  const status = ["queued", "pending_retry"] as const;
  const read = useRead(
    key === null ? null : `message/${message.id}/order`,
    async (signal): Promise<PageOf<LogItem>> => {
      const query = { endpoint_id: endpoint, ordering_key: key ?? "", status: [...status], limit: MOST };
      return pageOf<LogItem>(await api.GET("/v1/logs", { params: { query }, signal }));
    },
    { refresh: refreshSeconds() },
  );
  useSoonAfter((event) => event.endpoint_id === endpoint && event.kind !== "attempt_started", read.reload);
  if (key === null) return null;
  const halted = explanation?.reasons.find((reason) => reason.cause === "order_halted")?.message_id ?? null;
  const all = withQuery("/messages", { endpoint, order: key, status: status.join() });
  return (
    <section class="panel" aria-labelledby="order">
      <header>
        <h2 id="order">The order of its key</h2>
        <A to={all}>All that wait</A>
      </header>
      <Loaded read={read} rows={2}>
        {(page) => {
          const waiting = page.items.filter((item) => item.deleted_at === null).reverse();
          if (waiting.length === 0 && halted === null) {
            return (
              <p class="body fine">
                Nothing waits with the key <code>{visible(key)}</code> at this endpoint.
              </p>
            );
          }
          const own = waiting.findIndex((item) => item.message_id === message.id);
          const shown = waiting.filter((_, at) => at < SHOWN || at === own);
          return (
            <>
              <section class="scroll" aria-label="Messages in the order of the key" tabIndex={0}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col" class="num">
                        Place
                      </th>
                      <th scope="col">Message</th>
                      <th scope="col">Status</th>
                      <th scope="col">Accepted</th>
                    </tr>
                  </thead>
                  <tbody>
                    {halted !== null && !waiting.some((item) => item.message_id === halted) && (
                      <tr>
                        <td class="num">–</td>
                        <td class="wide">
                          <MessageLink id={halted} /> halts the order: replay or delete it
                        </td>
                        <td class="tight">
                          <StatusBadge status="failed_permanent" />
                        </td>
                        <td class="tight nothing">–</td>
                      </tr>
                    )}
                    {shown.map((item) => {
                      const at = waiting.indexOf(item);
                      const front = at === 0 && !page.nextCursor;
                      return (
                        <tr key={item.message_id} data-chosen={at === own || undefined}>
                          <td class="num">{page.nextCursor ? "–" : count(at + 1)}</td>
                          <td class="wide">
                            {at === own ? <strong>this one</strong> : <MessageLink id={item.message_id} />}
                            {front && <span class="fine"> in front</span>}
                          </td>
                          <td class="tight">
                            <StatusBadge status={item.status} />
                          </td>
                          <td class="tight">
                            <Time at={item.created_at} />
                          </td>
                        </tr>
                      );
                    })}
                  </tbody>
                </table>
              </section>
              <p class="fine order-foot">
                {page.nextCursor
                  ? `More than ${count(MOST)} wait; these are of the newest. Above it says which is in front.`
                  : `${count(waiting.length)} with the key `}
                {!page.nextCursor && (
                  <>
                    <code>{visible(key)}</code>, one after another
                    {waiting.length > shown.length && `; the first ${SHOWN} are shown`}.
                  </>
                )}
              </p>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

const MessageLink = ({ id }: { id: string }) => (
  <A to={`/messages/${id}`} title={id}>
    <code>{shortId(id)}</code>
  </A>
);
