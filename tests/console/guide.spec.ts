// The guide's workflow, from an empty file to an inspected attempt: by mouse, and by keyboard alone.

import { expect, type Page, test, until } from "./fixtures.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

test("by mouse", async ({ page, sidecar, receiver, open }) => {
  const began = Date.now();
  await open("/");
  await expect(page.getByRole("heading", { name: /first delivered message/ })).toBeVisible();
  await page.getByRole("link", { name: "Endpoints", exact: true }).click();
  await page.getByRole("link", { name: "New endpoint" }).first().click();
  await page.getByLabel("URL").fill(`${receiver.url}/ok/guide`);
  await page.getByLabel("Description").fill("Orders");
  await page.getByRole("button", { name: "Create endpoint" }).click();
  const once = page.getByRole("dialog", { name: "Keep the signing secret" });
  await expect(once).toContainText(/whsec_[A-Za-z0-9]{32}/);
  await once.getByLabel("I have kept it").check();
  await once.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Copy id" }).click();
  const [endpoint] = await sidecar.ok("GET", "/v1/endpoints");
  expect(await clipboard(page)).toBe(endpoint.id);

  await page.getByRole("tab", { name: "Examples" }).click();
  await expect(page.locator(".code", { hasText: endpoint.id }).first()).toBeVisible();
  await page.getByRole("button", { name: "Run it from here" }).click();
  await expect(page).toHaveURL(/\/messages\/[0-9a-f-]{36}$/);
  await expect(page.locator("h1")).toContainText("Succeeded");

  await page.getByRole("link", { name: "Messages", exact: true }).first().click();
  await expect(page.getByRole("row").nth(1)).toContainText("Succeeded");
  await page.getByRole("row").nth(1).getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Attempt 1" })).toBeVisible();
  await expect(page.getByText("X-Webhook-Signature").first()).toBeVisible();
  await expect(page.locator(".lines").filter({ hasText: "received" })).toBeVisible();
  expect(Date.now() - began).toBeLessThan(60_000);
  expect(receiver.at("/ok/guide")).toHaveLength(1);
});

/** Tab until what has the focus is what is looked for. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let times = 0; times < 120; times++) {
    const here = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement | null;
      const label = focused?.id ? document.querySelector(`label[for="${CSS.escape(focused.id)}"]`)?.textContent : "";
      const around = focused?.closest("label")?.textContent ?? "";
      return focused?.getAttribute("aria-label") || label || focused?.textContent || around;
    });
    if (here && name.test(here.trim())) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`no control with the focus is ${name}`);
}

test("by keyboard alone", async ({ page, sidecar, receiver, open }) => {
  const began = Date.now();
  await open("/");
  await page.keyboard.press("n");
  await expect(page).toHaveURL(/endpoints\/new$/);
  await tabTo(page, /^URL$/);
  await page.keyboard.type(`${receiver.url}/ok/keys`);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await tabTo(page, /^I have kept it$/);
  await page.keyboard.press("Space");
  await tabTo(page, /^Done$/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("tab", { name: "Examples" })).toBeVisible();
  await tabTo(page, /^Copy id$/);
  await page.keyboard.press("Enter");
  const [endpoint] = await sidecar.ok("GET", "/v1/endpoints");
  expect(await clipboard(page)).toBe(endpoint.id);
  await tabTo(page, /^Messages$/);
  for (let times = 0; times < 6; times++) {
    if ((await page.evaluate(() => document.activeElement?.textContent?.trim())) === "Examples") break;
    await page.keyboard.press("ArrowRight");
  }
  await tabTo(page, /^Run it from here$/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/messages\/[0-9a-f-]{36}$/);
  await expect(page.locator("h1")).toContainText("Succeeded");
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await expect(page.getByRole("row").nth(1)).toContainText("Succeeded");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await until(() => /messages\/[0-9a-f-]{36}/.test(page.url()) || null, "the message is open");
  await expect(page.getByRole("heading", { name: "Attempt 1" })).toBeVisible();
  expect(Date.now() - began).toBeLessThan(60_000);
});

test("the palette leads to a page, an endpoint and a message", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Warehouse" });
  const message = await sidecar.send(id);
  await open("/");
  for (const [typed, wanted] of [
    ["api k", /\/keys$/],
    ["wareh", new RegExp(`/endpoints/${id}`)],
    [message, new RegExp(`/messages/${message}`)],
  ] as const) {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Page, endpoint or message" }).fill(typed);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(wanted);
  }
});

test("a dialog gives the focus back, and Escape closes it", async ({ page, open }) => {
  await open("/keys");
  const opener = page.getByRole("button", { name: "New key" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "New API key" })).toBeVisible();
  await expect(page.getByLabel("Label")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(opener).toBeFocused();
});

test("what has the focus can be seen", async ({ page, open }) => {
  await open("/messages");
  for (let times = 0; times < 25; times++) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return "nothing";
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      return outlineStyle === "none" || outlineWidth === "0px" ? focused.outerHTML.slice(0, 120) : "";
    });
    expect(seen === "nothing" ? "" : seen).toBe("");
  }
});
