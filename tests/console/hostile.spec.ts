// What strangers answer runs nothing, asks nothing of another origin, and leaves the page whole.

import { readFileSync } from "node:fs";
import { expect, test } from "./fixtures.ts";
import { HOSTILE } from "./receiver.ts";

for (const name of Object.keys(HOSTILE)) {
  test(`an answer that is ${name}`, async ({ page, sidecar, receiver, open }) => {
    const { id } = await sidecar.endpoint(`${receiver.url}/hostile/${name}`, {
      description: '<img src=x onerror="alert(1)">\u202eevil',
    });
    const message = await sidecar.send(id);
    await sidecar.reaches(message, "failed_permanent");
    for (const path of [`/messages/${message}`, "/messages", "/dead", "/dead?tab=messages", `/endpoints/${id}`, "/"]) {
      await open(path);
      await page.waitForFunction(() => !document.querySelector(".skeleton"));
      await expect(page).toHaveTitle(/HookBridge/);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, path).toBeLessThanOrEqual(0);
    }
  });
}

test("overrides of direction, controls and marks are shown as escapes", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/hostile/direction`);
  const message = await sidecar.send(id, '"payload \u202e with \u2066 marks \u200b"');
  await sidecar.reaches(message, "failed_permanent");
  await open(`/messages/${message}`);
  const body = page.getByRole("region", { name: /^(Answer|Answer's) body.*lines/i });
  await expect(body).toContainText("\\u202E");
  await expect(body).not.toContainText("\u202e");
  await expect(page.getByRole("region", { name: /^Payload, / })).toContainText("\\u2066");
});

test("numbers are shown, copied and downloaded with their digits", async ({
  page,
  sidecar,
  receiver,
  open,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const payload = '{"id":1970670598291982290,"x":1.10}';
  const { id } = await sidecar.endpoint(`${receiver.url}/hostile/numbers`);
  const message = await sidecar.send(id, payload);
  await sidecar.reaches(message, "failed_permanent");
  await open(`/messages/${message}`);
  const box = page.getByRole("region", { name: "Payload", exact: true });
  await expect(box).toContainText("1970670598291982290");
  await expect(box).toContainText("1.10");
  await box.getByRole("button", { name: "Copy" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(payload);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    box.getByRole("button", { name: "Download" }).click(),
  ]);
  expect(readFileSync(await download.path())).toEqual(Buffer.from(payload));
  await box.getByRole("button", { name: "As sent" }).click();
  await expect(page.getByRole("region", { name: /^Payload, / })).toHaveText(payload);
});

test("a payload of 1 MiB and one that is 10,000 deep are opened, searched and folded", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`);
  const items = Array.from(
    { length: 14_000 },
    (_, n) => `{"n":${n},"name":"item ${n}","price":19.90,"tags":["a","b"]}`,
  );
  const large = `{"items":[${items.join(",")}],"needle":"in the haystack"}`;
  expect(large.length).toBeGreaterThan(700_000);
  const message = await sidecar.send(id, large);
  const deep = await sidecar.send(id, `${"[".repeat(10_000)}${"]".repeat(10_000)}`);
  await open(`/messages/${message}`);
  const lines = page.getByRole("region", { name: /^Payload, / });
  await expect(lines).toContainText('"items"');
  const began = Date.now();
  await page.getByLabel("Find in payload").fill("haystack");
  await page.keyboard.press("Enter");
  await expect(lines.locator("mark.current")).toBeInViewport();
  expect(Date.now() - began).toBeLessThan(3000);
  // Only what is in sight is in the document.
  expect(await page.locator(".line").count()).toBeLessThan(400);
  await page.getByRole("region", { name: "Payload", exact: true }).getByRole("button", { name: "Fold all" }).click();
  await expect(lines).toContainText("characters");
  await open(`/messages/${deep}`);
  await expect(lines).toContainText("[");
  await lines.evaluate((box) => box.scrollTo(0, box.scrollHeight / 2));
  await expect(lines).toContainText(/\d,?\d{3}/);
});

test("headers' names and values of a stranger are text", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/hostile/script`);
  const message = await sidecar.send(id);
  await sidecar.reaches(message, "failed_permanent");
  await open(`/messages/${message}`);
  await expect(page.getByText('"><img src=x onerror=alert(1)>').first()).toBeVisible();
  await expect(page.locator("main img, main iframe, main script")).toHaveCount(0);
});
