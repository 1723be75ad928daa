// The sidecar goes and comes back; is slow; is busy. Two on one file; below a prefix; at an address of its own.

import { createServer, request as httpRequest } from "node:http";
import { expect, KEY, Sidecar, signIn, test } from "./fixtures.ts";
import { freePort } from "./sidecar.ts";

test("a killed sidecar is noticed within 5 s, rows stay, and the page goes on by itself", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Orders" });
  await sidecar.reaches(await sidecar.send(id), "succeeded");
  await open("/endpoints");
  await expect(page.getByRole("row").nth(1)).toContainText("Orders");
  await sidecar.kill();
  await expect(page.getByText("The sidecar does not answer.").first()).toBeVisible({ timeout: 6000 });
  await expect(page.getByRole("row").nth(1)).toContainText("Orders");
  await expect(page.getByText(/Last read .* ago/)).toBeVisible();
  await sidecar.begin();
  await expect(page.getByText("The sidecar does not answer.").first()).toBeHidden({ timeout: 8000 });
  await expect(page.getByRole("row").nth(1)).toContainText("Orders");
});

test("what was typed outlives an outage", async ({ page, sidecar, receiver, open }) => {
  await open("/endpoints/new");
  await page.getByLabel("URL").fill(`${receiver.url}/ok/late`);
  await sidecar.kill();
  await page.getByRole("button", { name: "Create endpoint" }).click();
  await expect(page.getByText("NETWORK_ERROR").first()).toBeVisible();
  await expect(page.getByLabel("URL")).toHaveValue(`${receiver.url}/ok/late`);
  await sidecar.begin();
  await page.getByRole("button", { name: "Create endpoint" }).click();
  await expect(page.getByRole("dialog", { name: "Keep the signing secret" })).toBeVisible();
});

test("429 waits as long as it is asked to, and says so", async ({ page, open }) => {
  let refused = 0;
  await page.route("**/v1/logs**", (route) => {
    if (refused++ > 0) return route.continue();
    return route.fulfill({
      status: 429,
      headers: { "retry-after": "2" },
      json: {
        error: { code: "RATE_LIMIT_EXCEEDED", message: "too many requests at once" },
        meta: { request_id: "req_busy" },
      },
    });
  });
  const began = Date.now();
  await open("/messages");
  await expect(page.getByText("too many requests at once")).toBeVisible();
  await expect(page.getByText(/asks to wait/)).toBeVisible();
  await expect(page.getByRole("heading", { name: "No message yet" })).toBeVisible();
  expect(Date.now() - began).toBeGreaterThan(1900);
});

test("grey rows after 150 ms, and not before", async ({ page, open }) => {
  let wait = 0;
  await page.route("**/v1/api-keys", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, wait));
    await route.continue();
  });
  wait = 1500;
  await open("/keys");
  await expect(page.locator(".skeleton > div").first()).toBeVisible();
  await expect(page.getByRole("table")).toBeVisible();
});

test("two sidecars on one file show the same, and know who delivers", async ({ page, sidecar, receiver, open }) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Orders" });
  const second = await Sidecar.start({ database: sidecar.database });
  try {
    await open("/settings");
    await expect(page.getByText("this process, since")).toBeVisible();
    const message = await sidecar.send(id);
    await sidecar.reaches(message, "succeeded");
    const other = await page.context().browser()?.newContext();
    if (!other) throw new Error("no browser");
    const there = await other.newPage();
    await signIn(there, second.url);
    await there.goto(`${second.url}/console/settings`);
    await expect(there.getByText(/process \d+, since/)).toBeVisible();
    await there.goto(`${second.url}/console/messages/${message}`);
    await expect(there.locator("h1")).toContainText("Succeeded");
    await other.close();
  } finally {
    await second.stop();
  }
});

test("below a path of a proxy everything works, with the policy as it is", async ({ page, receiver }) => {
  const port = await freePort();
  const inner = await freePort();
  const sidecar = await Sidecar.start({ port: inner, flags: ["--public-url", `http://127.0.0.1:${port}/hooks`] });
  // A proxy as people have it: it takes the prefix away and passes the rest on.
  const proxy = createServer((request, response) => {
    if (!request.url?.startsWith("/hooks/")) {
      response.writeHead(404).end();
      return;
    }
    const passed = httpRequest(
      {
        host: "127.0.0.1",
        port: inner,
        path: request.url.slice("/hooks".length),
        method: request.method,
        headers: request.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(port, "127.0.0.1", resolve));
  try {
    const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Orders" });
    await page.goto(`http://127.0.0.1:${port}/hooks/console/endpoints`);
    await page.getByRole("dialog", { name: "Sign in" }).getByLabel("API key").fill(KEY);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Orders" }).click();
    await expect(page).toHaveURL(`http://127.0.0.1:${port}/hooks/console/endpoints/${id}`);
    await page.getByRole("tab", { name: "Examples" }).click();
    await expect(page.locator(".code", { hasText: id })).toContainText(`http://127.0.0.1:${port}/hooks`);
    await page.getByRole("button", { name: "Run it from here" }).click();
    await expect(page.locator("h1")).toContainText("Succeeded");
    await page.reload();
    await expect(page.locator("h1")).toContainText("Succeeded");
    await page.getByRole("link", { name: "Settings" }).click();
    await expect(page.getByRole("heading", { name: "Server" })).toBeVisible();
  } finally {
    proxy.closeAllConnections();
    proxy.close();
    await sidecar.stop();
  }
});

test("at an address of its own it is there alone, and the API is without it", async ({ page, request }) => {
  const port = await freePort();
  const sidecar = await Sidecar.start({ flags: ["--console-listen", `127.0.0.1:${port}`] });
  try {
    expect((await request.get(`${sidecar.url}/console`)).status()).toBe(404);
    await page.goto(`http://127.0.0.1:${port}/console`);
    await page.getByRole("dialog", { name: "Sign in" }).getByLabel("API key").fill(KEY);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  } finally {
    await sidecar.stop();
  }
});

test("streams end when the server does, within a second", async ({ page, sidecar, open }) => {
  await open("/live");
  await expect(page.locator(".pulse.live")).toBeVisible();
  const began = Date.now();
  await sidecar.kill("SIGTERM");
  // It does not wait for them: that would be five seconds.
  expect(Date.now() - began).toBeLessThan(2500);
  await sidecar.begin();
});
