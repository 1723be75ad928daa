// The samples as the page gives them, and what happens to a key that is typed there.

import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, KEY, test, until } from "./fixtures.ts";
import { COMMAND, cleanEnvironment } from "./sidecar.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

const NAMES = ["Node.jsES module", "Node.jsCommonJS", "Python", "Go", "PHP", "Ruby", "Rust", "Kotlin", "C", "Command"];

test("unfilled they have the guide's placeholders; filled, the id, the URL and the key", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Orders" });
  await open("/examples");
  const languages = page.locator(".languages button");
  await expect(languages).toHaveCount(NAMES.length);
  expect((await languages.allTextContents()).map((name) => name.trim())).toEqual(NAMES);
  for (const button of await languages.all()) {
    await button.click();
    const sample = page.locator(".code", { hasText: "YOUR_ENDPOINT_ID" });
    await expect(sample).toContainText("YOUR_API_KEY");
    await expect(sample).not.toContainText("YOUR_BASE_URL");
    await expect(sample).not.toContainText("YOUR_INSECURE");
  }
  await open(`/examples?endpoint=${id}`);
  await page.getByLabel("API key", { exact: true }).fill(KEY);
  for (const button of await languages.all()) {
    await button.click();
    const sample = page.locator(".code", { hasText: id });
    await expect(sample).toContainText(sidecar.url);
    // On the page the key is masked; what is copied has it.
    await expect(sample).not.toContainText(KEY);
    await sample.getByRole("button", { name: "Copy" }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain(id);
    expect(copied).toContain(KEY);
    expect(copied).not.toMatch(/YOUR_/);
  }
});

test("the command's sample runs as it was copied", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok/sample`);
  await open(`/examples?endpoint=${id}&language=command`);
  await page.getByLabel("API key", { exact: true }).fill(KEY);
  await page.locator(".code", { hasText: id }).getByRole("button", { name: "Copy" }).click();
  const folder = mkdtempSync(join(tmpdir(), "sample-"));
  writeFileSync(join(folder, "send.sh"), await page.evaluate(() => navigator.clipboard.readText()));
  // Under its own name on the path, wherever it is.
  writeFileSync(join(folder, "hookbridge"), `#!/bin/sh\nexec ${COMMAND} "$@"\n`, { mode: 0o755 });
  const ended = spawnSync("sh", ["send.sh"], {
    cwd: folder,
    env: { ...cleanEnvironment(), PATH: `${folder}:${process.env.PATH}` },
  });
  expect(ended.stderr.toString() + ended.stdout.toString()).toContain("-");
  expect(ended.status).toBe(0);
  await until(() => receiver.at("/ok/sample").length === 1 || null, "the sample's message arrives");
  expect(receiver.at("/ok/sample")[0]?.headers["x-source"]).toBe("billing-service");
});

test("a key that is typed is in no request but the one that Run makes, nor in any storage", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok/run`);
  const { key } = await sidecar.ok("POST", "/v1/api-keys", { label: "typed", scope: "send" });
  await open(`/examples?endpoint=${id}`);
  const carrying: string[] = [];
  page.on("request", (request) => {
    const all = `${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ""}`;
    if (all.includes(key)) carrying.push(new URL(request.url()).pathname);
  });
  await page.getByLabel("API key", { exact: true }).fill(key);
  await page.getByRole("button", { name: "Python" }).click();
  await page.waitForTimeout(500);
  expect(carrying).toEqual([]);
  await page.getByRole("button", { name: "Run it from here" }).click();
  await expect(page).toHaveURL(/\/messages\//);
  expect(carrying).toEqual(["/v1/webhooks/send"]);
  const kept = await page.evaluate(async () => {
    const stores = (await indexedDB.databases()).map((one) => one.name);
    return JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      stores,
      history.state,
      await caches.keys(),
    ]);
  });
  expect(kept).not.toContain(key);
  await page.goBack();
  await expect(page.getByLabel("API key", { exact: true })).toHaveValue("");
});

test("a key can be made on the spot; it sends and does nothing else", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok/made`);
  await open(`/examples?endpoint=${id}`);
  await page.getByRole("button", { name: "Make one now" }).click();
  await page.getByRole("button", { name: "Copy key" }).click();
  const key = await page.evaluate(() => navigator.clipboard.readText());
  expect(key).toMatch(/^hb_live_[A-Za-z0-9]{32}$/);
  expect((await sidecar.call("GET", "/v1/endpoints", undefined, key)).status).toBe(403);
  await page.getByRole("button", { name: "Run it from here" }).click();
  await expect(page.locator("h1")).toContainText("Succeeded");
});
