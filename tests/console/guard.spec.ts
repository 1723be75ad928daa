// What the console's API must refuse, tried by replayed requests and from other origins.

import { createServer } from "node:http";
import { expect, KEY, test } from "./fixtures.ts";
import { openapi } from "./sidecar.ts";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

interface Session {
  cookie: string;
  proof: string;
}

async function session(url: string, key = KEY): Promise<Session> {
  const answer = await fetch(`${url}/console/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url, "sec-fetch-site": "same-origin" },
    body: JSON.stringify({ key }),
  });
  expect(answer.status).toBe(200);
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  return { cookie, proof: (await answer.json()).data.proof };
}

const ask = (url: string, headers: Record<string, string>, method = "GET") =>
  fetch(url, { method, headers, redirect: "manual" });

test("either half of a session alone is worth nothing", async ({ sidecar }) => {
  const { cookie, proof } = await session(sidecar.url);
  const path = `${sidecar.url}/console/api/v1/endpoints`;
  const own = { origin: sidecar.url, "sec-fetch-site": "same-origin" };
  expect((await ask(path, { ...own, cookie, "x-hookbridge-proof": proof })).status).toBe(200);
  expect((await ask(path, { ...own, cookie })).status).toBe(401);
  expect((await ask(path, { ...own, "x-hookbridge-proof": proof })).status).toBe(401);
  expect((await ask(path, { ...own, cookie, "x-hookbridge-proof": `${proof}x` })).status).toBe(401);
  // Another session's proof does not fit this cookie.
  const other = await session(sidecar.url);
  expect((await ask(path, { ...own, cookie, "x-hookbridge-proof": other.proof })).status).toBe(401);
  // A key is for /v1, a session for /console/api.
  expect((await ask(path, { ...own, authorization: `Bearer ${KEY}` })).status).toBe(401);
  expect((await ask(`${sidecar.url}/v1/endpoints`, { cookie, "x-hookbridge-proof": proof })).status).toBe(401);
});

test("requests of other sites are refused, whatever they carry", async ({ sidecar }) => {
  const { cookie, proof } = await session(sidecar.url);
  const both = { cookie, "x-hookbridge-proof": proof };
  const path = `${sidecar.url}/console/api/v1/messages/replay-all?status=failed_permanent`;
  for (const headers of [
    { ...both, "sec-fetch-site": "cross-site" },
    { ...both, "sec-fetch-site": "same-site", origin: "http://127.0.0.1:1" },
    { ...both, origin: "http://evil.example" },
    { ...both },
  ]) {
    const answer = await ask(path, headers as Record<string, string>, "POST");
    expect([401, 403], JSON.stringify(headers)).toContain(answer.status);
  }
});

test("a page at another port gets nothing: by fetch, by a form, in a frame", async ({ page, sidecar, browser }) => {
  const { id } = await sidecar.endpoint("http://127.0.0.1:9/hooks");
  // The browser is signed in.
  await page.goto(`${sidecar.url}/console`);
  await page.getByRole("dialog").getByLabel("API key").fill(KEY);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
  const attack = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>attack</title>
      <iframe id=frame src="${sidecar.url}/console"></iframe>
      <form id=form method=post target=target action="${sidecar.url}/console/api/v1/endpoints/${id}/pause"></form><iframe name=target></iframe>`);
  });
  await new Promise<void>((resolve) => attack.listen(0, "127.0.0.1", resolve));
  const { port } = attack.address() as { port: number };
  const other = await page.context().newPage();
  await other.goto(`http://127.0.0.1:${port}`);
  const read = await other.evaluate(
    (url) =>
      fetch(`${url}/console/api/v1/endpoints`, { credentials: "include" }).then(
        (answer) => `read ${answer.status}`,
        () => "refused",
      ),
    sidecar.url,
  );
  expect(read).toBe("refused");
  await other.evaluate(
    (url) => fetch(url, { method: "POST", credentials: "include", mode: "no-cors" }).catch(() => undefined),
    `${sidecar.url}/console/api/v1/endpoints/${id}/pause`,
  );
  await other.evaluate(() => (document.getElementById("form") as HTMLFormElement).submit());
  await other.waitForTimeout(500);
  const frame = other.frames().find((one) => one.url().startsWith(sidecar.url));
  expect(frame ? await frame.content().catch(() => "") : "").not.toContain('id="app"');
  expect((await sidecar.ok("GET", `/v1/endpoints/${id}`)).paused).toBe(false);
  attack.closeAllConnections();
  attack.close();
  void browser;
});

test("the policy stands on every answer, and nothing in the page is inline", async ({ sidecar, request }) => {
  for (const path of [
    "",
    "/messages",
    "/dead/HTTP%20503",
    "/app.js",
    "/app.css",
    "/icons.svg",
    "/nothing.js",
    "/api/session",
    "/api/v1/endpoints",
    "/api/nothing",
  ]) {
    const answer = await request.get(`${sidecar.url}/console${path}`);
    const headers = answer.headers();
    expect(headers["content-security-policy"], path).toBe(POLICY);
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["referrer-policy"], path).toBe("no-referrer");
    expect(headers["access-control-allow-origin"], path).toBeUndefined();
  }
  expect((await request.get(`${sidecar.url}/console/nothing.js`)).status()).toBe(404);
  const html = await (await request.get(`${sidecar.url}/console`)).text();
  expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/i);
});

/** The API's routes, from the document that the page is made from. */
function routes(): { method: string; path: string }[] {
  const document = openapi();
  return Object.entries(document.paths as Record<string, Record<string, unknown>>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

test("a session of a key that reads changes nothing, route by route", async ({ sidecar }) => {
  const made = await sidecar.ok("POST", "/v1/api-keys", { label: "reader", scope: "read" });
  const { cookie, proof } = await session(sidecar.url, made.key);
  const headers = {
    cookie,
    "x-hookbridge-proof": proof,
    origin: sidecar.url,
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
  };
  const id = "0".repeat(32);
  let tried = 0;
  for (const { method, path } of routes()) {
    // Verifying a signature or trying a sample changes nothing.
    if (method === "GET" || !path.startsWith("/v1/") || /\/(verify|check)$/.test(path)) continue;
    const real = path
      .replace("{endpoint_id}", `ep_${id}`)
      .replace("{message_id}", "01a22ca0-0000-7000-8000-000000000000")
      .replace("{key_id}", `key_${id}`)
      .replace("{export_id}", "01a22ca0-0000-7000-8000-000000000000");
    const answer = await ask(`${sidecar.url}/console/api${real}`, headers, method);
    expect.soft(answer.status, `${method} ${path}`).toBe(403);
    tried++;
  }
  expect(tried).toBeGreaterThan(15);
});

test("an endpoint's Authorization and what is left out are in no byte below the console", async ({ receiver }) => {
  const { Sidecar } = await import("./sidecar.ts");
  const sidecar = await Sidecar.start({ flags: ["--console-redact", "x-token,/card/number"] });
  try {
    const secrets = { Authorization: "Bearer verysecret1", "X-Token": "verysecret2" };
    const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { headers: secrets });
    const message = await sidecar.send(id, '{"card":{"number":"verysecret3","month":7},"n":1970670598291982290}', {
      headers: { "X-Token": "verysecret4" },
    });
    await sidecar.reaches(message, "succeeded");
    const { cookie, proof } = await session(sidecar.url);
    const headers = { cookie, "x-hookbridge-proof": proof, "sec-fetch-site": "same-origin" };
    let seen = "";
    for (const path of [
      `endpoints/${id}`,
      `messages/${message}`,
      `messages/${message}/attempts`,
      `messages/${message}/payload`,
      "logs",
      "endpoints/health",
    ]) {
      seen += await (await ask(`${sidecar.url}/console/api/v1/${path}`, headers)).text();
    }
    expect(seen).not.toContain("verysecret");
    expect(seen).toContain("1970670598291982290");
    const revealed = await ask(
      `${sidecar.url}/console/api/endpoints/${id}/reveal`,
      { ...headers, origin: sidecar.url },
      "POST",
    );
    expect((await revealed.json()).data.headers.Authorization).toBe("Bearer verysecret1");
    const activity = await sidecar.ok("GET", "/v1/activity");
    expect(JSON.stringify(activity)).toContain("reveal");
  } finally {
    await sidecar.stop();
  }
});

test("switched off it is not there, and the API is as before", async () => {
  const { Sidecar } = await import("./sidecar.ts");
  const sidecar = await Sidecar.start({ flags: ["--console", "off"] });
  try {
    for (const path of ["/console", "/console/app.js", "/console/api/session"]) {
      expect((await ask(sidecar.url + path, {})).status).toBe(404);
    }
    expect((await sidecar.call("GET", "/v1/endpoints")).status).toBe(200);
  } finally {
    await sidecar.stop();
  }
});
