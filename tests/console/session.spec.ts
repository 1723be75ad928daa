// Who is let in: by key, by a link that works once, by a session that is kept; and how it ends.

import { expect, KEY, signIn, test, until } from "./fixtures.ts";

const dialog = { name: "Sign in" };

test("with a key, which is then nowhere in the browser", async ({ page, sidecar, context }) => {
  await page.goto(`${sidecar.url}/console/keys`);
  await page.getByRole("dialog", dialog).getByLabel("API key").fill("hb_test_wrong");
  await page.getByRole("dialog", dialog).getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("This outbox has no such key.")).toBeVisible();
  await page.getByRole("dialog", dialog).getByLabel("API key").fill(KEY);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", dialog)).toBeHidden();
  await expect(page.getByRole("cell", { name: /this session/ })).toBeVisible();
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  expect(kept).not.toContain(KEY);
  const [cookie] = await context.cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/console" });
  await page.reload();
  await expect(page.getByRole("cell", { name: /this session/ })).toBeVisible();
});

test("with a link, once", async ({ page, sidecar, browser }) => {
  const made = await sidecar.ok("POST", "/v1/login-codes");
  await page.goto(`${sidecar.url}/console#login=${made.code}`);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(page.getByRole("dialog", dialog)).toBeHidden();
  expect(page.url()).not.toContain(made.code);
  expect(sidecar.log).not.toContain(made.code);
  const other = await browser.newContext();
  const second = await other.newPage();
  await second.goto(`${sidecar.url}/console#login=${made.code}`);
  await expect(second.getByRole("dialog", dialog)).toBeVisible();
  await other.close();
});

test("ends with its key, and keeps what was typed", async ({ page, sidecar }) => {
  const made = await sidecar.ok("POST", "/v1/api-keys", { label: "short", scope: "full" });
  await signIn(page, sidecar.url, made.key);
  await page.goto(`${sidecar.url}/console/endpoints/new`);
  await page.getByLabel("URL").fill("https://example.com/typed");
  await sidecar.ok("DELETE", `/v1/api-keys/${made.key_id}`);
  await page.getByRole("button", { name: "Create endpoint" }).click();
  await expect(page.getByRole("dialog", dialog)).toBeVisible();
  await page.getByRole("dialog", dialog).getByLabel("API key").fill(KEY);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", dialog)).toBeHidden();
  await expect(page.getByLabel("URL")).toHaveValue("https://example.com/typed");
});

test("sign out here, and everywhere", async ({ page, sidecar, browser }) => {
  await signIn(page, sidecar.url);
  const other = await browser.newContext();
  const second = await other.newPage();
  await signIn(second, sidecar.url);
  await second.goto(`${sidecar.url}/console/settings`);
  await page.goto(`${sidecar.url}/console/settings`);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page.getByRole("dialog", dialog)).toBeVisible();
  await until(async () => {
    await second.reload();
    return second.getByRole("dialog", dialog).isVisible();
  }, "the other browser is signed out");
  await other.close();
});

test("survives a restart, and holds at a second sidecar on the file", async ({ page, sidecar, open }) => {
  await open("/messages");
  await sidecar.kill();
  await sidecar.begin();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Messages" })).toBeVisible();
  await expect(page.getByRole("dialog", dialog)).toBeHidden();
});

for (const [what, flags] of [
  ["a key that reads", [] as string[]],
  ["--console-read-only", ["--console-read-only"]],
] as const) {
  test(`${what} finds nothing enabled that would fail`, async ({ page, receiver, browserName }) => {
    void browserName;
    const { Sidecar } = await import("./sidecar.ts");
    const sidecar = await Sidecar.start({ flags: [...flags] });
    try {
      const { fill } = await import("./filled.ts");
      const { ADDRESSES, at } = await import("./addresses.ts");
      const ids = await fill(sidecar, receiver);
      const key =
        flags.length > 0 ? KEY : (await sidecar.ok("POST", "/v1/api-keys", { label: "reader", scope: "read" })).key;
      await signIn(page, sidecar.url, key);
      const changing =
        /^(Replay|Delete|Pause|Resume|Cancel|Retry now|Make|New (key|export|endpoint)|Create|Save|Send test|Run it|Add a second)/;
      for (const address of ADDRESSES) {
        await page.goto(`${sidecar.url}/console${at(address, ids)}`);
        await expect(page.locator("h1")).toBeVisible();
        await page.waitForFunction(() => !document.querySelector(".skeleton"));
        for (const button of await page.getByRole("button", { name: changing }).all()) {
          const name = (await button.textContent())?.trim();
          // That one holds the page's own list.
          if (address.name === "live") continue;
          expect.soft(await button.isDisabled(), `${address.name}: ${name}`).toBe(true);
        }
      }
    } finally {
      await sidecar.stop();
    }
  });
}
