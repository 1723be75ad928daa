// The list of messages: its address has all of it; live; Back; the five forms that a list takes.

import { expect, test, until } from "./fixtures.ts";

test("filters are in the address, and another browser shows the same rows", async ({
  page,
  sidecar,
  receiver,
  open,
  browser,
}) => {
  const good = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Good" });
  const bad = await sidecar.endpoint(`${receiver.url}/status/400`, { description: "Bad" });
  for (let n = 0; n < 3; n++) await sidecar.send(good.id);
  for (let n = 0; n < 2; n++) await sidecar.reaches(await sidecar.send(bad.id), "failed_permanent");
  await open("/messages");
  await expect(page.locator("tbody tr")).toHaveCount(5);
  await page.getByRole("group", { name: "Status" }).getByRole("button", { name: "Failed permanently" }).click();
  await expect(page.locator("tbody tr")).toHaveCount(2);
  await page.getByRole("combobox", { name: "Endpoint" }).fill("Good");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "No message matches" })).toBeVisible();
  await page.goBack();
  await expect(page.locator("tbody tr")).toHaveCount(2);
  const other = await browser.newContext();
  const there = await other.newPage();
  const { signIn } = await import("./fixtures.ts");
  await signIn(there, sidecar.url);
  await there.goto(page.url());
  await expect(there.locator("tbody tr")).toHaveCount(2);
  await other.close();
});

test("a tab is named after what it shows", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/status/400`, { description: "CRM" });
  const message = await sidecar.send(id);
  await sidecar.reaches(message, "failed_permanent");
  const short = (whole: string) => `${whole.slice(0, 8)}…${whole.slice(-6)}`;
  for (const [path, title] of [
    ["/", "Overview · HookBridge"],
    [`/endpoints/${id}?tab=health`, `${short(id)} · Endpoint · HookBridge`],
    [`/messages/${message}`, `${short(message)} · Message · HookBridge`],
    ["/dead/HTTP%20400", "HTTP 400 · Dead letters · HookBridge"],
    // What turns the direction of writing does not act outside of the page.
    ["/dead/safe%E2%80%AEgpj", "safe\\u202Egpj · Dead letters · HookBridge"],
  ] as const) {
    await open(path);
    await expect(page).toHaveTitle(title);
  }
});

test("Back returns to the same rows, selection and scroll", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`);
  for (let n = 0; n < 45; n++) await sidecar.send(id);
  await open("/messages");
  await expect(page.locator("tbody tr")).toHaveCount(45);
  await page
    .getByRole("checkbox", { name: /^Select message/ })
    .nth(2)
    .check();
  await page.locator("tbody tr").nth(30).scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  const rows = await page.locator("tbody tr code").allTextContents();
  await page.locator("tbody tr").nth(30).getByRole("link").first().click();
  await expect(page.locator("h1")).toContainText("Message");
  await sidecar.send(id);
  await page.goBack();
  await expect(page.locator("tbody tr")).toHaveCount(45);
  await until(async () => Math.abs((await page.evaluate(() => scrollY)) - before) < 3 || null, "the scroll is back");
  expect(await page.locator("tbody tr code").allTextContents()).toEqual(rows);
  await expect(page.getByRole("checkbox", { name: /^Select message/ }).nth(2)).toBeChecked();
});

test("the jump box leads to a message, by its id or its beginning, and to an idempotency key", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`);
  const message = await sidecar.send(id, '{"n":1}', { idempotency_key: "order-77-v1" });
  for (const [typed, wanted] of [
    [message, message],
    // The only one that begins so.
    [message.slice(0, 13), message],
    ["order-77", null],
  ] as const) {
    await open("/messages");
    await page.locator("main input[type=search]").first().fill(typed);
    await page.keyboard.press("Enter");
    if (wanted) await expect(page).toHaveURL(new RegExp(wanted));
    else await expect(page.locator("tbody tr")).toHaveCount(1);
  }
});

test("a delivered message appears on Live within a second, and rows under the pointer do not move", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Orders" });
  await open("/live");
  await expect(page.locator(".pulse.live")).toBeVisible();
  const began = Date.now();
  const message = await sidecar.send(id);
  await expect(page.locator("tbody tr", { hasText: "Delivered" }).first()).toBeVisible();
  // Before a tab without a stream would have looked again.
  expect(Date.now() - began).toBeLessThan(4500);
  await expect(page.locator(`a[href*="${message}"]`).first()).toBeVisible();
  await page.locator("tbody tr").first().hover();
  const rows = await page.locator("tbody tr").count();
  for (let n = 0; n < 3; n++) await sidecar.send(id);
  await page.waitForTimeout(1000);
  expect(await page.locator("tbody tr").count()).toBe(rows);
  await page.mouse.move(5, 5);
  await expect.poll(() => page.locator("tbody tr").count()).toBeGreaterThan(rows);
});

test("seven tabs are all live over one stream", async ({ page, sidecar, receiver, open, context }) => {
  test.setTimeout(120_000);
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`);
  let streams = 0;
  context.on("request", (request) => {
    if (request.url().includes("/v1/events")) streams++;
  });
  await open("/live");
  await expect(page.locator(".pulse.live")).toBeVisible();
  const proof = await page.evaluate(() => ({ ...localStorage }));
  const tabs = [page];
  for (let n = 0; n < 6; n++) {
    const tab = await context.newPage();
    await tab.addInitScript((all) => {
      for (const [name, value] of Object.entries(all)) localStorage.setItem(name, value);
    }, proof);
    await tab.goto(`${sidecar.url}/console/live`);
    await expect(tab.locator("h1")).toBeVisible();
    tabs.push(tab);
  }
  await sidecar.send(id);
  for (const tab of tabs) await expect(tab.locator("tbody tr", { hasText: "Delivered" }).first()).toBeVisible();
  expect(streams).toBeLessThanOrEqual(2);
});

test("every list has its forms: grey, empty, filtered, old, refused", async ({ page, sidecar, receiver, open }) => {
  for (const [path, empty] of [
    ["/messages", "No message yet"],
    ["/endpoints", "No endpoint yet"],
    ["/dead", "No dead letters"],
    ["/dead?tab=messages", "No dead letters"],
    ["/exports", "No export yet"],
    ["/activity", "Nothing was changed yet"],
  ] as const) {
    await open(path);
    await expect(page.getByRole("heading", { name: empty }), path).toBeVisible();
  }
  const { id } = await sidecar.endpoint(`${receiver.url}/status/400`, { description: "CRM" });
  await sidecar.reaches(await sidecar.send(id), "failed_permanent");
  for (const [path, none] of [
    ["/messages?status=queued", "No message matches"],
    ["/endpoints?q=nothing-like-it", "No endpoint matches"],
    ["/dead/HTTP%20599", "No dead letters here"],
  ] as const) {
    await open(path);
    await expect(page.getByRole("heading", { name: none }), path).toBeVisible();
  }
  for (const [path, route] of [
    ["/messages", "**/v1/logs**"],
    ["/endpoints", "**/v1/endpoints/health**"],
    ["/dead", "**/v1/dlq/groups**"],
    ["/exports", "**/v1/exports"],
    ["/keys", "**/v1/api-keys"],
    ["/activity", "**/v1/activity**"],
  ] as const) {
    await page.route(route, (one) =>
      one.fulfill({
        status: 503,
        json: { error: { code: "STORAGE_UNAVAILABLE", message: "the disk is full" }, meta: { request_id: "req_form" } },
      }),
    );
    await open(path);
    const failure = page.getByRole("main").getByRole("alert").first();
    await expect(failure, path).toContainText("STORAGE_UNAVAILABLE");
    await expect(failure).toContainText("req_form");
    await page.unroute(route);
    await failure.getByRole("button", { name: "Retry" }).click();
    await expect(failure, path).toBeHidden();
  }
});
