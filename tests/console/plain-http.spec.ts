// The console over plain http by a name that is not this machine's, as from another one: such a page is no secure
// context. Scripts then have no clipboard, and requests no `Sec-Fetch-Site`.

import { expect, KEY, Sidecar, test } from "./fixtures.ts";
import config from "./playwright.config.ts";
import { freePort } from "./sidecar.ts";

const HOST = "console.example";
const launch = config.use?.launchOptions ?? {};

// No name server is asked: the browser itself maps the name.
test.use({
  launchOptions: { ...launch, args: [...(launch.args ?? []), `--host-resolver-rules=MAP ${HOST} 127.0.0.1`] },
});

test("Copy works where the browser has no clipboard for scripts", async ({ page, receiver }) => {
  const port = await freePort();
  const url = `http://${HOST}:${port}`;
  const sidecar = await Sidecar.start({ port, flags: ["--public-url", url] });
  try {
    const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Orders" });
    await page.goto(`${url}/console/endpoints/${id}`);
    expect(await page.evaluate(() => [isSecureContext, typeof navigator.clipboard])).toEqual([false, "undefined"]);
    await page.getByRole("dialog", { name: "Sign in" }).getByLabel("API key").fill(KEY);
    await page.keyboard.press("Enter");
    const copy = page.getByRole("button", { name: "Copy id" });
    await expect(copy).toBeVisible();
    await copy.click();
    await expect(page.getByRole("button", { name: "Copied" })).toBeFocused();

    // A text of several lines keeps whatever is pasted, as it is.
    const pasted = page.getByRole("main").getByLabel("Headers");
    const paste = async () => {
      await page.goto(`${url}/console/verify`);
      await pasted.focus();
      await page.keyboard.press("Control+V");
    };
    await paste();
    await expect(pasted).toHaveValue(id);

    // In a dialog the rest of the page is inert: the field to copy from has to be within it.
    await page.goto(`${url}/console/keys`);
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByLabel("Label").fill("copied");
    await page.getByRole("button", { name: "Make key" }).click();
    const once = page.getByRole("dialog", { name: "Keep this key" });
    const key = (await once.locator(".secret code").textContent()) ?? "";
    expect(key).toMatch(/^hb_live_/);
    await once.getByRole("button", { name: /^Cop/ }).click();
    await once.getByLabel("I have kept it").check();
    await once.getByRole("button", { name: "Done" }).click();
    await paste();
    await expect(pasted).toHaveValue(key);
  } finally {
    await sidecar.stop();
  }
});
