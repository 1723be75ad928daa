// Exports, API keys, activity, settings: what is done there and what is left of it.

import { readFileSync } from "node:fs";
import { expect, test } from "./fixtures.ts";

test("an export is made from a filter, read while it runs, downloaded and deleted", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Orders" });
  const message = await sidecar.send(id);
  await sidecar.reaches(message, "succeeded");
  await open(`/messages?status=succeeded&endpoint=${id}`);
  await page.getByRole("link", { name: "Export", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "New export" });
  await expect(dialog.getByLabel("State")).toHaveValue("succeeded");
  await expect(dialog.getByLabel("Endpoint")).toHaveValue("Orders");
  await dialog.getByRole("button", { name: "Make export" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row").nth(1)).toContainText("completed");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /^Download/ }).click(),
  ]);
  const text = readFileSync(await download.path(), "utf8");
  expect(text).toContain(message);
  await page.getByRole("button", { name: /^Delete the export/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete export" }).click();
  await expect(page.getByRole("heading", { name: "No export yet" })).toBeVisible();
});

test("a key is shown once, and deleted with a word of warning", async ({ page, sidecar, context, open }) => {
  await open("/keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Label").fill("reporting");
  await page.getByLabel(/^Read/).check();
  await page.getByRole("button", { name: "Make key" }).click();
  const once = page.getByRole("dialog", { name: "Keep this key" });
  const key = (await once.locator(".secret code").textContent()) ?? "";
  expect(key).toMatch(/^hb_live_/);
  // Neither Escape nor another tab nor a reload shows it again or loses it unasked.
  await page.keyboard.press("Escape");
  await expect(once).toBeVisible();
  const other = await context.newPage();
  await other.goto(`${sidecar.url}/console/keys`);
  await expect(other.getByRole("cell", { name: "reporting", exact: true })).toBeVisible();
  expect(await other.content()).not.toContain(key);
  await once.getByLabel("I have kept it").check();
  await once.getByRole("button", { name: "Done" }).click();
  await page.reload();
  await expect(page.getByRole("cell", { name: "reporting", exact: true })).toBeVisible();
  expect(await page.content()).not.toContain(key);
  await page.goBack();
  expect(await page.content()).not.toContain(key);
  expect((await sidecar.call("GET", "/v1/endpoints", undefined, key)).status).toBe(200);
  await page.goto(`${sidecar.url}/console/keys`);
  await page.getByRole("button", { name: "Delete key reporting" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete key" }).click();
  await expect(page.getByRole("cell", { name: "reporting", exact: true })).toBeHidden();
  expect((await sidecar.call("GET", "/v1/endpoints", undefined, key)).status).toBe(401);
});

test("the session's own key needs a second yes, and ends it", async ({ page, open }) => {
  await open("/keys");
  const own = page.getByRole("row", { name: /this session/ });
  await own.getByRole("button", { name: /^Delete key/ }).click();
  const go = page.getByRole("dialog").getByRole("button", { name: "Delete key" });
  await expect(go).toBeDisabled();
  await page.getByLabel(/It is the key of this session/).check();
  await go.click();
  await expect(page.getByRole("dialog", { name: "Sign in" })).toBeVisible();
});

test("who did what stands in Activity, also after the key is gone", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/status/400`, { description: "CRM" });
  const message = await sidecar.send(id);
  await sidecar.reaches(message, "failed_permanent");
  const made = await sidecar.ok("POST", "/v1/api-keys", { label: "night shift", scope: "full" });
  expect((await sidecar.call("POST", `/v1/endpoints/${id}/pause`, undefined, made.key)).status).toBe(200);
  expect(
    (await sidecar.call("POST", "/v1/messages/replay-all?status=failed_permanent", undefined, made.key)).status,
  ).toBe(200);
  await sidecar.ok("DELETE", `/v1/api-keys/${made.key_id}`);
  await open("/activity");
  const row = (words: string) => page.getByRole("row").filter({ hasText: words });
  await expect(row("paused an endpoint")).toContainText("night shift");
  await expect(row("paused an endpoint").locator("time")).toBeVisible();
  await expect(row("replayed the messages of a filter")).toContainText("night shift");
  await expect(row("replayed the messages of a filter").getByRole("cell").last()).toHaveText("1");
  await expect(row("made an API key").first()).toBeVisible();
  await expect(row("deleted an API key")).toBeVisible();
  // No operation is shown by its name alone.
  await expect(page.locator("tbody td:nth-child(3) > code")).toHaveCount(0);
});

test("settings hold at once, stay, and follow the system where they are told to", async ({ page, open }) => {
  await open("/settings");
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: "light" });
  const light = await ground();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.getByRole("button", { name: "Light", exact: true }).click();
  expect(await ground()).toBe(light);
  await page.getByRole("button", { name: "UTC" }).click();
  await page.getByRole("button", { name: "Compact" }).click();
  await page.reload();
  await expect(page.getByRole("button", { name: "UTC" })).toHaveAttribute("aria-pressed", "true");
  expect(await ground()).toBe(light);
  await expect(page.getByText("UTC").nth(1)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Server" })).toBeVisible();
  await expect(page.getByText("this process, since")).toBeVisible();
});

test("the theme is there at the first paint", async ({ page, sidecar, open }) => {
  await open("/settings");
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  await page.emulateMedia({ colorScheme: "light" });
  // Whatever the page looked like at any frame while it loaded.
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      if (document.body) seen.push(getComputedStyle(document.documentElement).backgroundColor);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(`${sidecar.url}/console/messages`);
  await expect(page.locator("h1")).toBeVisible();
  const seen = new Set(await page.evaluate(() => (window as unknown as { seen: string[] }).seen));
  expect([...seen]).toHaveLength(1);
});
