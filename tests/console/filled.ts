// A file with something of everything: endpoints that answer and that fail, messages in every state, dead letters.

import type { Receiver } from "./receiver.ts";
import type { Sidecar } from "./sidecar.ts";

export interface Filled {
  /** An endpoint with messages, and one of its dead letters, with two attempts. */
  ep: string;
  message: string;
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
  const hour = 3_600_000;
  const [from, to] = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
  await sidecar.ok("POST", "/v1/exports", { start_time: from.toISOString(), end_time: to.toISOString() });
  await sidecar.ok("POST", "/v1/api-keys", { label: "orders service", scope: "send" });
  await sidecar.ok("POST", `/v1/endpoints/${refusing.id}/pause`);
  return { ep: bad.id, message: dead[0] ?? "" };
}
