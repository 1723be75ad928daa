// What a replay would do, told before it is done. The order is that of docs/contract.md#what-each-state-allows.
import { type ApiError, type Attempt, api, type Message, ok, type Schemas } from "../../api.ts";

export const MOST_REPLAYS = 10;

/** The code that would refuse it; null where nothing would. */
export function refusalOf(message: Message, attempts: Attempt[], payload: ApiError | undefined): string | null {
  if (message.deleted_at) return "PAYLOAD_UNAVAILABLE";
  if (message.status === "queued" || message.status === "delivering") return "DELIVERY_IN_PROGRESS";
  if (message.status === "pending_retry" && attempts.at(-1)?.retry_type === "fast") return "RETRY_IN_PROGRESS";
  if (payload?.code === "PAYLOAD_UNAVAILABLE" || payload?.code === "RETENTION_EXPIRED") return payload.code;
  if (message.status !== "failed_permanent" && message.replay_count >= MOST_REPLAYS) return "REPLAY_LIMIT_EXCEEDED";
  return null;
}

/** A message of the dead letter queue is replayed from there, which does not count towards the ten. */
export const countsReplay = (message: Message): boolean => message.status !== "failed_permanent";

export async function replay(message: Message): Promise<void> {
  const path = { params: { path: { message_id: message.id } } };
  ok(
    countsReplay(message)
      ? await api.POST("/v1/messages/{message_id}/replay", path)
      : await api.POST("/v1/dlq/replay/{message_id}", path),
  );
}

/** The headers that the endpoint and the message add; where they are alike the message's is sent. */
export function addedHeaders(
  endpoint: Record<string, string> | null,
  message: Record<string, string> | null,
): [string, string, "endpoint" | "message"][] {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "-");
  const own = Object.entries(message ?? {});
  const names = new Set(own.map(([name]) => plain(name)));
  return [
    ...Object.entries(endpoint ?? {})
      .filter(([name]) => !names.has(plain(name)))
      .map(([name, value]): [string, string, "endpoint"] => [name, value, "endpoint"]),
    ...own.map(([name, value]): [string, string, "message"] => [name, value, "message"]),
  ];
}

export type PayloadOf = Schemas["MessagePayload"];
