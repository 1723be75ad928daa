// A file with something of everything: endpoints that answer and that fail, messages in every state, dead letters.

import type { Receiver } from "./receiver.ts";
import type { Sidecar } from "./sidecar.ts";

export interface Filled {
  /** An endpoint with messages, and one of its dead letters, with two attempts. */
  ep: string;
  message: string;
  /** An event that two endpoints of a tenant got, whose message waits in an order. */
  event: string;
  ordered: string;
  /** An endpoint with patterns and conditions, whose messages wait for their time. */
  subscribed: string;
  scheduled: string;
}

const QUICK = { retry_schedule: [0, 0], max_attempts: 2 };

export async function fill(sidecar: Sidecar, receiver: Receiver): Promise<Filled> {
  const good = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Billing", rate_limit_rps: 100 });
  const bad = await sidecar.endpoint(`${receiver.url}/status/503`, {
    description: "Search index",
    headers: { "X-Team": "search" },
    ...QUICK,
  });
  const refusing = await sidecar.endpoint(`${receiver.url}/status/400`, { description: "CRM" });
  const waiting = await sidecar.endpoint(`${receiver.url}/status/502`, { description: "Warehouse" });
  const script = await sidecar.endpoint(`${receiver.url}/hostile/script`, { description: "Partner" });
  for (let n = 0; n < 12; n++) await sidecar.send(good.id, `{"event":"order.created","n":${n},"total":19.90}`);
  const dead: string[] = [];
  for (let n = 0; n < 4; n++) dead.push(await sidecar.send(bad.id, `{"event":"order.paid","n":${n}}`));
  for (const one of [refusing, script]) dead.push(await sidecar.send(one.id));
  const retry = await sidecar.send(waiting.id);
  for (const id of dead) await sidecar.reaches(id, "failed_permanent");
  await sidecar.reaches(retry, "pending_retry");
  const events = await fillEvents(sidecar, receiver);
  const hour = 3_600_000;
  const [from, to] = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
  await sidecar.ok("POST", "/v1/exports", { start_time: from.toISOString(), end_time: to.toISOString() });
  await sidecar.ok("POST", "/v1/api-keys", { label: "orders service", scope: "send" });
  await sidecar.ok("POST", `/v1/endpoints/${refusing.id}/pause`);
  return { ep: bad.id, message: dead[0] ?? "", ...events };
}

/** The events of two tenants, so that no endpoint above gets any. */
async function fillEvents(sidecar: Sidecar, receiver: Receiver): Promise<Omit<Filled, "ep" | "message">> {
  await sidecar.ok("POST", "/v1/event-types", {
    name: "order.created",
    description: "An order was placed and paid.",
    schema: {
      type: "object",
      required: ["order", "total"],
      properties: { order: { type: "integer" }, total: { type: "number" }, country: { type: "string" } },
    },
    example: { order: 1001, total: 129.5, country: "DE" },
  });
  await sidecar.ok("POST", "/v1/event-types", { name: "order.cancelled", description: "An order was taken back." });
  await sidecar.ok("POST", "/v1/event-types", { name: "order.changed", deprecated: true });
  const tenant = "Acme GmbH";
  await sidecar.endpoint(`${receiver.url}/ok/acme`, { description: "Acme archive", tenant });
  const slow = await sidecar.endpoint(`${receiver.url}/status/500`, {
    description: "Acme shop",
    tenant,
    event_types: ["order.*", "invoice.paid"],
    filter: [
      { pointer: "/total", greater: 100 },
      { pointer: "/country", in: ["DE", "AT", "CH"] },
    ],
    on_failure: "halt",
  });
  const send = (fields: Record<string, unknown>) => sidecar.ok("POST", "/v1/events", { tenant, ...fields });
  const payload = (order: number) => ({ order, total: 129.5, country: "DE" });
  const at = (sent: { messages: { endpoint_id: string; message_id: string }[] }) =>
    sent.messages.find((one) => one.endpoint_id === slow.id)?.message_id ?? "";
  const first = await send({ type: "order.created", ordering_key: "customer-7", payload: payload(1001) });
  await sidecar.reaches(at(first), "pending_retry");
  const second = await send({ type: "order.created", ordering_key: "customer-7", payload: payload(1002) });
  await send({ type: "order.cancelled", ordering_key: "customer-7", payload: payload(1001) });
  await send({ type: "report.ready", tenant: "Nobody Ltd", payload: { pages: 3 } });
  const month = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const later = await send({ type: "invoice.paid", deliver_at: month, payload: payload(1003) });
  return { event: second.event_id, ordered: at(second), subscribed: slow.id, scheduled: at(later) };
}
