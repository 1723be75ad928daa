// The dead letter queue by cause, and actions over many messages: counted, held back, undone, stopped, reported.

import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, type Page, test, until } from "./fixtures.ts";
import type { Receiver } from "./receiver.ts";
import type { Sidecar } from "./sidecar.ts";

const ONCE = { retry_schedule: [0], max_attempts: 1 };

/** Endpoints that fail in as many ways as are asked for, with some dead letters each; how many each group has. */
async function manyCauses(sidecar: Sidecar, receiver: Receiver, endpoints: number, statuses: number[]) {
  const wanted = new Map<string, number>();
  const last: string[] = [];
  for (let n = 0; n < endpoints; n++) {
    const path = `/changing/${n}`;
    const { id } = await sidecar.endpoint(receiver.url + path, { description: `Endpoint ${n}`, ...ONCE });
    for (const [at, status] of statuses.entries()) {
      receiver.statuses.set(path, status);
      const count = 1 + ((n + at) % 3);
      for (let one = 0; one < count; one++) {
        const message = await sidecar.send(id);
        await sidecar.reaches(message, "failed_permanent");
        last.push(message);
      }
      wanted.set(`HTTP ${status} ${id}`, count);
    }
    receiver.statuses.delete(path);
  }
  return { wanted, last };
}

test("12 causes over 5 endpoints stand in 60 groups with right counts", async ({ page, sidecar, receiver, open }) => {
  test.setTimeout(180_000);
  const statuses = [400, 401, 403, 404, 405, 406, 409, 411, 415, 418, 422, 451];
  const { wanted } = await manyCauses(sidecar, receiver, 5, statuses);
  await open("/dead");
  const rows = page.locator(".dead-groups tbody tr");
  await expect(rows).toHaveCount(60);
  const shown = await rows.evaluateAll((all) =>
    all.map((row) => {
      const [cause, endpoint] = [...row.querySelectorAll("a")];
      const id = endpoint?.getAttribute("href")?.split("/").at(-1);
      return [`${cause?.textContent} ${id}`, Number(row.querySelector("td.num")?.textContent)] as const;
    }),
  );
  expect(new Map(shown)).toEqual(wanted);
  // A group that is opened lists exactly its messages.
  const [group] = shown;
  await rows.first().getByRole("link").first().click();
  await expect(page.locator("h1")).toHaveText(group?.[0].split(" ep_")[0] ?? "");
  await expect(page.locator("table tbody tr")).toHaveCount(group?.[1] ?? 0);
  await page.goBack();
  await expect(rows).toHaveCount(60);
});

/** A receiver of TLS that refuses every handshake with the alert that no protocol is in common. */
async function refusingTls(): Promise<{ url: string; stop: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.once("data", () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 120])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, stop };
}

test("a cause with slashes opens its group and lists exactly its messages", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const refusing = await refusingTls();
  try {
    const { id } = await sidecar.endpoint(refusing.url, { description: "Old TLS", ...ONCE });
    const other = await sidecar.endpoint(`${receiver.url}/status/400`, { description: "CRM" });
    const wanted: string[] = [];
    for (let n = 0; n < 3; n++) wanted.push(await sidecar.send(id));
    const foreign = await sidecar.send(other.id);
    for (const one of [...wanted, foreign]) await sidecar.reaches(one, "failed_permanent");
    const cause = (await sidecar.ok("GET", `/v1/dlq/groups?endpoint_id=${id}`)).groups[0].cause as string;
    expect(cause).toContain("HTTP/# nor HTTP/#.#");
    await open("/dead");
    await page.getByRole("link", { name: cause }).click();
    const exactly = async () => {
      await expect(page.locator("h1")).toHaveText(cause);
      await expect(page.locator("table tbody tr")).toHaveCount(3);
      const links = page.locator('table tbody a[href*="/messages/"]');
      const shown = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")?.split("/").at(-1)));
      expect(shown.toSorted()).toEqual(wanted.toSorted());
    };
    await exactly();
    // Its address has the whole cause, without the endpoint too.
    expect(new URL(page.url()).pathname).toBe(`/console/dead/${encodeURIComponent(cause)}`);
    await page.reload();
    await exactly();
    await open(`/dead/${encodeURIComponent(cause)}`);
    await exactly();
  } finally {
    refusing.stop();
  }
});

/** Waits for the count of a dialog, and answers it. */
async function counted(page: Page, timeout = 10_000): Promise<number> {
  const dialog = page.getByRole("dialog");
  const button = dialog.getByRole("button", { name: /^(Replay|Delete|Cancel) [\d,]+ messages?$/ });
  await expect(dialog.getByText(/would be (replayed|deleted|cancelled)/)).toBeVisible({ timeout });
  return Number((await button.textContent())?.replace(/\D/g, ""));
}

/** How a message's payload is answered. */
async function gives(sidecar: Sidecar, message: string, status: number): Promise<void> {
  expect((await sidecar.call("GET", `/v1/messages/${message}/payload`)).status, message).toBe(status);
}

const state = async (sidecar: Sidecar) => (await sidecar.ok("GET", "/v1/stats")) as { dead: number; queued: number };

test("undo leaves the file untouched; what runs is what was counted", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/status/400`, { description: "CRM" });
  const other = await sidecar.endpoint(`${receiver.url}/status/404`, { description: "Other" });
  for (let n = 0; n < 7; n++) await sidecar.reaches(await sidecar.send(id), "failed_permanent");
  const kept = await sidecar.send(other.id);
  await sidecar.reaches(kept, "failed_permanent");
  receiver.statuses.set("/status/400", 200);
  await open("/dead");
  const changes: string[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET" && !request.url().includes("dry_run=true")) changes.push(request.url());
  });
  const begin = () => page.getByRole("button", { name: "Replay HTTP 400 at CRM" }).click();
  await begin();
  expect(await counted(page)).toBe(7);
  await page.getByRole("button", { name: "Replay 7 messages" }).click();
  const bar = page.getByRole("region", { name: "Replay dead letters" });
  await expect(bar).toContainText("Replaying 7 messages in");
  await expect(bar.getByRole("button", { name: "Undo" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(bar).toBeHidden();
  await page.waitForTimeout(8500);
  expect(changes).toEqual([]);
  await expect.poll(async () => (await state(sidecar)).dead).toBe(8);

  await begin();
  await counted(page);
  await page.getByRole("button", { name: "Replay 7 messages" }).click();
  // Nothing is done by hand: it begins by itself after eight seconds.
  await expect(bar).toContainText("7 messages replayed", { timeout: 15_000 });
  expect(changes.length).toBeGreaterThan(0);
  for (const url of changes) expect(new URL(url).searchParams.get("cause")).toBe("HTTP 400");
  await until(async () => (await state(sidecar)).dead === 1 || null, "only the other one is dead");
  expect((await sidecar.message(kept)).status).toBe("failed_permanent");
  receiver.statuses.delete("/status/400");
});

test("a tab that is closed within the eight seconds does nothing", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/status/400`);
  await sidecar.reaches(await sidecar.send(id), "failed_permanent");
  await open("/dead");
  await page.getByRole("button", { name: "Replay all" }).click();
  await counted(page);
  await page.getByRole("button", { name: "Replay 1 message" }).click();
  await expect(page.getByRole("region", { name: "Replay dead letters" })).toBeVisible();
  await page.close();
  await new Promise((resolve) => setTimeout(resolve, 9000));
  await expect.poll(async () => (await state(sidecar)).dead).toBe(1);
});

test("more than 100 ask for their number; what is refused is counted by code", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  test.setTimeout(120_000);
  const { id } = await sidecar.endpoint(`${receiver.url}/status/400`, { description: "CRM" });
  const ids: string[] = [];
  for (let n = 0; n < 120; n++) ids.push(await sidecar.send(id));
  await until(async () => (await state(sidecar)).dead === 120 || null, "all are dead");
  await open("/dead");
  await page.getByRole("button", { name: "Delete HTTP 400 at CRM" }).click();
  expect(await counted(page)).toBe(120);
  const go = page.getByRole("button", { name: "Delete 120 messages" });
  await expect(go).toBeDisabled();
  await page.getByLabel("Type 120 to go on").fill("119");
  await expect(go).toBeDisabled();
  await page.getByLabel("Type 120 to go on").fill("120");
  await go.click();
  await page.getByRole("button", { name: "Now" }).click();
  await expect(page.getByRole("region", { name: "Delete dead letters" })).toContainText("120 messages deleted");
  await expect(page.getByRole("heading", { name: "No dead letters" })).toBeVisible();
});

test("Stop ends a run over 25,000 within one call and leaves no message half done, Go on finishes it", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  test.setTimeout(240_000);
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Many" });
  await sidecar.ok("POST", `/v1/endpoints/${id}/pause`);
  const many = 25_000;
  await sidecar.sendMany(id, many);
  await open("/messages?status=queued");
  let calls = 0;
  let held: (() => void) | undefined;
  await page.route("**/delete-all**", async (route) => {
    // The fourth call waits until it is let go, so that Stop comes while one is under way.
    if (!route.request().url().includes("dry_run=true") && ++calls === 4)
      await new Promise<void>((resolve) => {
        held = resolve;
      });
    await route.continue();
  });
  await page.locator("details.menu summary").click();
  await page.getByRole("button", { name: /^Delete/ }).click();
  expect(await counted(page, 30_000)).toBe(many);
  await page.getByLabel(`Type ${many} to go on`).fill(String(many));
  await page.getByRole("button", { name: "Delete 25,000 messages" }).click();
  await page.getByRole("button", { name: "Now" }).click();
  const bar = page.locator(".bulk-bar");
  await expect(bar).toContainText("Deleting 3,000 of 25,000");
  await expect(bar.getByRole("progressbar")).toHaveJSProperty("value", 3000);
  await until(() => held, "a call is under way");
  await bar.getByRole("button", { name: "Stop" }).click();
  await expect(bar.getByRole("button", { name: "Stopping" })).toBeDisabled();
  held?.();
  await expect(bar).toContainText("Stopped. 4,000 messages deleted of 25,000");
  expect(calls).toBe(4);
  // Each is deleted and without its payload, or queued and with it. What the server says of the file may be a second old.
  await expect.poll(async () => (await state(sidecar)).queued).toBe(many - 4000);
  const [deleted, waiting] = [[] as string[], [] as string[]];
  for (let cursor = ""; ; ) {
    const page = (await sidecar.call("GET", `/v1/logs?limit=500${cursor}`)).body;
    for (const one of page.data) (one.deleted_at ? deleted : waiting).push(one.message_id);
    if (!page.meta.has_more) break;
    cursor = `&cursor=${encodeURIComponent(page.meta.next_cursor)}`;
  }
  expect([deleted.length, waiting.length]).toEqual([4000, many - 4000]);
  // On both sides of the place where it stopped.
  for (const one of deleted.slice(0, 50)) await gives(sidecar, one, 410);
  for (const one of waiting.slice(-50)) await gives(sidecar, one, 200);
  await bar.getByRole("button", { name: "Go on" }).click();
  await expect(bar).toContainText("25,000 messages deleted", { timeout: 60_000 });
  expect(calls).toBeLessThanOrEqual(27);
  await expect.poll(async () => (await state(sidecar)).queued).toBe(0);
});

test("messages that are selected are replayed alone, and a refusal can be tried again", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/status/400`, { description: "CRM" });
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) ids.push(await sidecar.send(id));
  for (const one of ids) await sidecar.reaches(one, "failed_permanent");
  await open("/dead?tab=messages");
  const boxes = page.getByRole("checkbox", { name: /^Select message/ });
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  // Under the dialog one of them goes.
  await page.getByRole("button", { name: "Replay 2" }).click();
  expect(await counted(page)).toBe(2);
  const [gone] = await page.getByRole("dialog").locator(".bulk-examples code").allTextContents();
  await sidecar.ok("DELETE", `/v1/messages/${gone}`);
  await page.getByRole("button", { name: "Replay 2 messages" }).click();
  await page.getByRole("button", { name: "Now" }).click();
  const bar = page.locator(".bulk-bar");
  await expect(bar).toContainText("1 message replayed");
  await expect(bar.getByRole("button", { name: "Retry 1" })).toBeVisible();
});
