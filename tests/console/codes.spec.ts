// Each error code of the catalogue is read as a sentence that says what to do; each route is used, or there is a reason.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "./fixtures.ts";
import { openapi } from "./sidecar.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DOCS = join(ROOT, "docs");
const BEGIN = "<!-- generated: codes -->";
/** The document that has the catalogue. */
const documented = readdirSync(DOCS)
  .filter((name) => name.endsWith(".md"))
  .map((name) => readFileSync(join(DOCS, name), "utf8"))
  .find((text) => text.includes(BEGIN));

/** Between the marks of what is generated: code, number, HTTP status. */
function catalogue(): { code: string; status: number }[] {
  const part = documented?.split(BEGIN)[1]?.split("<!-- end: codes -->")[0] ?? "";
  return [...part.matchAll(/^\| `([A-Z_]+)` \| \d+ \| (\d+) \|/gm)].map((row) => ({
    code: row[1] ?? "",
    status: Number(row[2]),
  }));
}

test("every code is shown with its sentence, what to do, and the request's id", async ({ page, open }) => {
  test.setTimeout(120_000);
  const codes = catalogue();
  expect(codes.length).toBeGreaterThan(25);
  let answer = codes[0];
  await page.route("**/console/api/v1/exports", (route) =>
    route.fulfill({
      status: answer?.status ?? 500,
      json: {
        error: { code: answer?.code, message: `the sentence of ${answer?.code}` },
        meta: { request_id: "req_0123" },
      },
    }),
  );
  const [signedOut, others] = [codes.filter((one) => one.status === 401), codes.filter((one) => one.status !== 401)];
  answer = others[0];
  await open("/exports");
  const failure = page.getByRole("main").getByRole("alert").first();
  for (const one of others) {
    answer = one;
    await failure.getByRole("button", { name: "Retry" }).click();
    await expect(failure, one.code).toContainText(`the sentence of ${one.code}`);
    await expect(failure).toContainText(one.code);
    await expect(failure).toContainText("req_0123");
    const advice = (await failure.locator("p").nth(1).textContent()) ?? "";
    expect(advice, one.code).toMatch(/^[A-Z].{20,}\.$/);
    expect(advice, one.code).not.toContain("not known to this page");
  }
  for (const one of signedOut) {
    answer = one;
    await open("/exports");
    await expect(page.getByRole("dialog", { name: "Sign in" }), one.code).toBeVisible();
  }
});

/** Routes that the console does not use, and why. */
const UNUSED: Record<string, string> = {
  "POST /v1/endpoints/{endpoint_id}/rotate-secret": "the older name of another",
  "POST /v1/login-codes": "`hookbridge console` asks for one; the page is what it opens",
  "GET /v1/exports/{export_id}": "the list has every export",
  "GET /v1/actors/lookup": "activity has the labels",
  "GET /v1/exports/{export_id}/file": "the browser itself follows the link",
};

function sources(folder: string): string {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((file) => !file.endsWith(".d.ts"))
    .map((file) => (statSync(file).isDirectory() ? sources(file) : readFileSync(file, "utf8")))
    .join("\n");
}

test("every route of the API is used by the console, or there is a reason why not", () => {
  const document = openapi();
  const text = sources(join(ROOT, "sidecar/console/src"));
  const missing: string[] = [];
  for (const [path, methods] of Object.entries(document.paths as Record<string, Record<string, unknown>>)) {
    if (!path.startsWith("/v1/")) continue;
    for (const method of Object.keys(methods)) {
      const route = `${method.toUpperCase()} ${path}`;
      const written = [
        `api.${method.toUpperCase()}("${path}"`,
        `\`${path.replace(/\{[^}]*\}.*/, "")}`,
        `"${path}?`,
        `\`${path}?`,
      ];
      const isUsed = new RegExp(`api\\s*\\.${method.toUpperCase()}\\(\\s*"${path.replace(/[{}/]/g, "\\$&")}"`).test(
        text,
      );
      const isCalled =
        path.endsWith("/download") || path === "/v1/activity" || path === "/v1/events"
          ? text.includes(path.split("{")[0] ?? path)
          : false;
      if (!isUsed && !isCalled && !(route in UNUSED) && !written.slice(2).some((one) => text.includes(one)))
        missing.push(route);
      if (isUsed) expect(UNUSED[route], `${route} is used after all`).toBeUndefined();
    }
  }
  expect(missing).toEqual([]);
});
