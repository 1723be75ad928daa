// A message's page: its attempts as waterfalls, why it is where it is, what a replay would do.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, type Page, Sidecar, signIn, test, until } from "./fixtures.ts";

const WHY = { name: "Why it is where it is" };

/** Milliseconds that a waterfall's words name, by step. */
async function steps(page: Page, nth = 0): Promise<Map<string, number>> {
  const row = page.locator(".waterfall-words").filter({ hasText: "in all" }).nth(nth);
  await expect(row).toBeVisible();
  const words = await row.locator("li").allTextContents();
  const found = new Map<string, number>();
  for (const text of words) {
    const match = /^(.*?)\s*([\d.]+) (ms|s)$/.exec(text.trim());
    if (match) found.set(match[1] ?? "", Number(match[2]) * (match[3] === "s" ? 1000 : 1));
  }
  return found;
}

test("an attempt's steps fill its latency; a kept connection says so; a failure names its step", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/slow/120`);
  const first = await sidecar.send(id);
  await sidecar.reaches(first, "succeeded");
  const second = await sidecar.send(id);
  await sidecar.reaches(second, "succeeded");
  await open(`/messages/${first}`);
  const some = await steps(page);
  const total = some.get("in all") ?? 0;
  some.delete("in all");
  expect(total).toBeGreaterThanOrEqual(119);
  expect([...some.values()].reduce((sum, ms) => sum + ms, 0)).toBe(total);
  expect(some.has("TCP")).toBe(true);
  await open(`/messages/${second}`);
  await expect(page.getByText("Connection used again").first()).toBeVisible();
  expect((await steps(page)).has("TCP")).toBe(false);

  const closed = await sidecar.endpoint("http://127.0.0.1:9/hooks", { retry_schedule: [0], max_attempts: 1 });
  const refused = await sidecar.send(closed.id);
  await sidecar.reaches(refused, "failed_permanent");
  await open(`/messages/${refused}`);
  await expect(page.locator(".waterfall-words").filter({ hasText: "in all" }).first()).toContainText("TCP, failed");
  const reset = await sidecar.endpoint(`${receiver.url}/reset`, { retry_schedule: [0], max_attempts: 1 });
  const broken = await sidecar.send(reset.id);
  await sidecar.reaches(broken, "failed_permanent");
  await open(`/messages/${broken}`);
  await expect(page.locator(".waterfall-words").filter({ hasText: "in all" }).first()).toContainText(
    "First byte, failed",
  );
});

test("two attempts beside one another", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/comparing`, { retry_schedule: [0], max_attempts: 2 });
  receiver.statuses.set("/comparing", 503);
  const message = await sidecar.send(id);
  await sidecar.reaches(message, "failed_permanent");
  receiver.statuses.delete("/comparing");
  await open(`/messages/${message}?attempt=2&with=1`);
  const compare = page.locator(".compare");
  await expect(compare.getByRole("row", { name: /^x-webhook-attempt/ })).toContainText("12");
  await expect(compare.getByRole("heading", { name: "Answer's body the same" })).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await expect(compare).toBeHidden();
  await page.goBack();
  await expect(compare).toBeVisible();
});

test.describe("why it is not delivered yet", () => {
  test("paused, waits for a retry, given up, cancelled, deleted", async ({ page, sidecar, receiver, open }) => {
    const ok = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Held" });
    await sidecar.ok("POST", `/v1/endpoints/${ok.id}/pause`);
    const held = await sidecar.send(ok.id);
    await open(`/messages/${held}`);
    await expect(page.getByRole("region", WHY)).toContainText(/paused/i);

    const failing = await sidecar.endpoint(`${receiver.url}/status/502`);
    const waits = await sidecar.send(failing.id);
    await sidecar.reaches(waits, "pending_retry");
    await open(`/messages/${waits}`);
    await expect(page.getByRole("region", WHY)).toContainText(/It goes on in/);
    await page.getByRole("button", { name: "Cancel retry" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel retry" }).click();
    await expect(page.getByRole("region", WHY)).toContainText(/cancel/i);

    const refusing = await sidecar.endpoint(`${receiver.url}/status/400`);
    const given = await sidecar.send(refusing.id);
    await sidecar.reaches(given, "failed_permanent");
    await open(`/messages/${given}`);
    await expect(page.getByRole("region", WHY)).toContainText(/given up/i);
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete message" }).click();
    await expect(page.getByRole("region", WHY)).toContainText(/deleted/i);
    await expect(page.getByText("The payload is gone")).toBeVisible();
  });

  test("Retry-After, being attempted, breaker", async ({ page, sidecar, receiver, open }) => {
    const polite = await sidecar.endpoint(`${receiver.url}/retry-after/3600`, { retry_schedule: [1] });
    const later = await sidecar.send(polite.id);
    await sidecar.reaches(later, "pending_retry");
    await open(`/messages/${later}`);
    await expect(page.getByRole("region", WHY)).toContainText(/It goes on in (59 min|1 h)/);

    const hanging = await sidecar.endpoint(`${receiver.url}/hang`);
    const now = await sidecar.send(hanging.id);
    const next = await sidecar.send(hanging.id);
    await open(`/messages/${now}`);
    await expect(page.locator("h1")).toContainText("Delivering");
    await open(`/messages/${next}`);
    await expect(page.getByRole("region", WHY)).toContainText(/attempt/i);

    const broken = await sidecar.endpoint(`${receiver.url}/status/500`, { retry_schedule: [3600], max_attempts: 2 });
    for (let n = 0; n < 8; n++) await sidecar.send(broken.id);
    await until(
      async () =>
        (await sidecar.ok("GET", `/v1/endpoints/health?endpoint_id=${broken.id}`))[0].breaker === "open" || null,
      "the breaker opens",
    );
    await open(`/endpoints/${broken.id}?tab=health`);
    await expect(page.getByText("Open", { exact: true })).toBeVisible();
    const behind = await sidecar.send(broken.id);
    await open(`/messages/${behind}`);
    await expect(page.getByRole("region", WHY)).toContainText("failed several times in a row");
  });

  test("rate limited alone, and behind others", async ({ page, sidecar, receiver, open }) => {
    const slow = await sidecar.endpoint(`${receiver.url}/ok/limited`, { rate_limit_rps: 1, burst: 1 });
    const messages: string[] = [];
    for (let n = 0; n < 30; n++) messages.push(await sidecar.send(slow.id));
    const why = page.getByRole("region", WHY);
    const limit = "The endpoint's rate limit of 1 a second is used up.";
    await open(`/messages/${messages.at(-1)}`);
    await expect(why).toContainText(/\d+ of the endpoint's messages are due before it/);
    // The slowest rate is one a second, so that nothing but the limit holds a message for a second, the next one's turn.
    // The page is opened for whichever is next, until it has read the answer within that second.
    await until(async () => {
      const waiting = await sidecar.ok("GET", `/v1/logs?status=queued&endpoint_id=${slow.id}`);
      const next = waiting.at(-1)?.message_id;
      if (!next) throw new Error("all were delivered");
      await open(`/messages/${next}`);
      await expect(why).toBeVisible();
      // All of one moment: the page reads again by itself.
      const said = await why.evaluate((region) => [...region.querySelectorAll("p, li")].map((one) => one.textContent));
      return said.length === 2 && said[0] === limit && said[1]?.startsWith("It goes on ");
    }, "a message waits for its endpoint's rate limit alone");
  });

  test("busy, every place taken, nobody delivers, another delivers, payload gone", async ({ context, receiver }) => {
    const looking = async (sidecar: Sidecar) => {
      const page = await context.newPage();
      await signIn(page, sidecar.url);
      return async (message: string, words: RegExp) => {
        await page.goto(`${sidecar.url}/console/messages/${message}`);
        await expect(page.getByRole("main")).toContainText(words);
      };
    };
    const hanging = `${receiver.url}/hang`;
    const one = await Sidecar.start({ flags: ["--max-in-flight", "2", "--max-in-flight-per-endpoint", "1"] });
    const other = await Sidecar.start({ database: one.database, flags: ["--delivery", "off"] });
    const forgetful = await Sidecar.start();
    try {
      const [here, there] = [await looking(one), await looking(other)];
      const busy = await one.endpoint(hanging);
      await one.send(busy.id);
      await here(await one.send(busy.id), /1 of 1 attempts that may be under way to the endpoint are/);
      const full = await one.endpoint(hanging);
      await one.send(full.id);
      const third = await one.endpoint(`${receiver.url}/ok`);
      const waits = await one.send(third.id);
      await here(waits, /As many attempts are under way to all endpoints as may be/);
      await there(waits, /Process \d+ delivers: its breaker and its limits cannot be seen from here/);
      await one.kill();
      await there(waits, /No process delivers from this outbox/);

      const { id } = await forgetful.endpoint(`${receiver.url}/ok`);
      const gone = await forgetful.send(id, '{"n":1}', { retention_hours: 0 });
      await forgetful.reaches(gone, "succeeded");
      await (await looking(forgetful))(gone, /The payload is gone/);
    } finally {
      await Promise.all([one, other, forgetful].map((sidecar) => sidecar.stop()));
    }
  });
});

test("an endpoint that is paused is resumed from the message that it holds, but not by who only reads", async ({
  page,
  sidecar,
  receiver,
  open,
  browser,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Held" });
  await sidecar.ok("POST", `/v1/endpoints/${id}/pause`);
  const held = await sidecar.send(id);
  const reader = await sidecar.ok("POST", "/v1/api-keys", { label: "reader", scope: "read" });
  const context = await browser.newContext();
  const reading = await context.newPage();
  await signIn(reading, sidecar.url, reader.key);
  await reading.goto(`${sidecar.url}/console/messages/${held}`);
  await expect(reading.getByRole("region", WHY)).toContainText("Its endpoint is paused");
  await expect(reading.getByRole("button", { name: "Resume" })).toHaveCount(0);
  await context.close();
  await open(`/messages/${held}`);
  const resume = page.getByRole("region", WHY).getByRole("button", { name: "Resume endpoint" });
  // A refusal is said beside it.
  await page.route("**/resume", (route) =>
    route.fulfill({
      status: 503,
      json: { error: { code: "STORAGE_UNAVAILABLE", message: "the disk is full" }, meta: { request_id: "req_0" } },
    }),
  );
  await resume.click();
  await expect(page.getByRole("region", WHY)).toContainText("STORAGE_UNAVAILABLE");
  await page.unroute("**/resume");
  await resume.click();
  await expect(page.locator("h1")).toContainText("Succeeded");
  await expect(page.getByRole("region", WHY)).toContainText("It was delivered");
  await expect(resume).toHaveCount(0);
  expect((await sidecar.ok("GET", `/v1/endpoints/${id}`)).paused).toBe(false);
});

test("a replay says what it would do, and does that", async ({ page, sidecar, receiver, open }) => {
  const path = "/replayed";
  receiver.statuses.set(path, 400);
  const { id } = await sidecar.endpoint(receiver.url + path, { headers: { "X-Team": "search" } });
  const payload = '{"id":1970670598291982290}';
  const message = await sidecar.send(id, payload, { headers: { "X-Source": "billing" } });
  await sidecar.reaches(message, "failed_permanent");
  receiver.statuses.set(path, 200);
  await open(`/messages/${message}`);
  await page.getByRole("button", { name: "Replay…" }).click();
  const dialog = page.getByRole("dialog", { name: "Replay this message" });
  for (const words of [receiver.url + path, "X-Team: search", "X-Source: billing", "0 of 10", "26 B"])
    await expect(dialog).toContainText(words);
  await dialog.getByRole("button", { name: "Replay", exact: true }).click();
  await expect(page.locator("h1")).toContainText("Succeeded");
  const [, second] = receiver.at(path);
  expect(second?.body.toString()).toBe(payload);
  expect(second?.headers["x-team"]).toBe("search");
  receiver.statuses.delete(path);
  // What is refused is said before, by its code.
  const held = await sidecar.endpoint(`${receiver.url}/ok`);
  await sidecar.ok("POST", `/v1/endpoints/${held.id}/pause`);
  const queued = await sidecar.send(held.id);
  await open(`/messages/${queued}`);
  await page.getByRole("button", { name: "Replay…" }).click();
  await expect(dialog).toContainText("DELIVERY_IN_PROGRESS");
  await expect(dialog.getByRole("button", { name: "Replay", exact: true })).toBeDisabled();
  expect((await sidecar.call("POST", `/v1/messages/${queued}/replay`)).body.error.code).toBe("DELIVERY_IN_PROGRESS");
});

test("the request can be made again as curl has it", async ({ page, sidecar, receiver, open, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { id } = await sidecar.endpoint(`${receiver.url}/ok/curl`);
  const payload = `{"text":"it's \\u0041 $HOME \`x\` \\"quoted\\"","n":1.10}`;
  const message = await sidecar.send(id, payload);
  await sidecar.reaches(message, "succeeded");
  await open(`/messages/${message}`);
  await page.getByRole("button", { name: "curl" }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  // The receiver is in this process: it must be free to answer.
  await promisify(execFile)("sh", ["-c", command]);
  const [original, again] = await until(
    () => (receiver.at("/ok/curl").length === 2 ? receiver.at("/ok/curl") : null),
    "it comes again",
  );
  expect(again?.body.toString()).toBe(payload);
  for (const name of ["x-webhook-signature", "webhook-signature", "webhook-id", "content-type", "user-agent"]) {
    expect(again?.headers[name], name).toBe(original?.headers[name]);
  }
});
