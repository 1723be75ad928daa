// Pictures of the pages in both themes. Ids, times and counts are fixed: the API's answers are those of a file that is
// kept beside them.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fill } from "./filled.ts";
import { expect, type Page, signIn, test } from "./fixtures.ts";

const ANSWERS = new URL("pictures/answers.json", import.meta.url);
const isWriting = process.env.CONSOLE_PICTURES === "write";

interface Answers {
  ids: { ep: string; message: string };
  /** When they were taken: the page's clock stands there. */
  now: string;
  bodies: Record<string, unknown>;
}

const PICTURES: [name: string, path: string][] = [
  ["overview", "/"],
  ["endpoints", "/endpoints"],
  ["new-endpoint", "/endpoints/new"],
  ["endpoint-health", "/endpoints/{ep}?tab=health"],
  ["endpoint-keys", "/endpoints/{ep}?tab=keys"],
  ["messages", "/messages"],
  ["message", "/messages/{message}"],
  ["message-compared", "/messages/{message}?attempt=2&with=1"],
  ["dead", "/dead"],
  ["dead-cause", "/dead/HTTP%20503"],
  ["examples", "/examples?endpoint={ep}"],
  ["verify", "/verify?endpoint={ep}"],
  ["exports", "/exports"],
  ["keys", "/keys"],
  ["activity", "/activity"],
  ["settings", "/settings"],
];

const address = ([, path]: [string, string], { ep, message }: Answers["ids"]) =>
  path.replace("{ep}", ep).replace("{message}", message);

/** The path and query below /console/api, without what changes with the clock. */
const keyOf = (url: string) => {
  const { pathname, searchParams } = new URL(url);
  return `${pathname.split("/console/api")[1]}?${[...searchParams].map((pair) => pair.join("=")).join("&")}`;
};

async function settled(page: Page) {
  await expect(page.locator("h1")).toBeVisible();
  await page.waitForFunction(() => !document.querySelector(".skeleton"));
  await page.evaluate(() => document.fonts.ready);
}

test.skip(!isWriting && !existsSync(ANSWERS), "no picture has been taken yet");
test.describe.configure({ mode: "serial" });

test("the answers are taken", async ({ page, sidecar, receiver }) => {
  test.skip(!isWriting, "only when pictures are written anew");
  test.setTimeout(120_000);
  const answers: Answers = { ids: await fill(sidecar, receiver), now: "", bodies: {} };
  await signIn(page, sidecar.url);
  page.on("response", async (response) => {
    if (!response.url().includes("/console/api/") || response.url().includes("/events")) return;
    answers.bodies[keyOf(response.url())] = await response.json().catch(() => undefined);
  });
  for (const one of PICTURES) {
    await page.goto(`${sidecar.url}/console${address(one, answers.ids)}`);
    await settled(page);
    await page.waitForTimeout(300);
  }
  answers.now = new Date().toISOString();
  mkdirSync(new URL("pictures/", import.meta.url), { recursive: true });
  // Ports and folders are the machine's, and change with each run.
  const text = JSON.stringify(answers)
    .replaceAll(receiver.url, "https://hooks.example.com")
    .replaceAll(sidecar.database, "/var/lib/hookbridge/outbox.db");
  writeFileSync(ANSWERS, `${JSON.stringify(JSON.parse(text), null, 1)}\n`);
});

for (const theme of ["light", "dark"] as const) {
  test(`as they were, ${theme}`, async ({ page, sidecar }) => {
    test.setTimeout(180_000);
    const answers = JSON.parse(readFileSync(ANSWERS, "utf8")) as Answers;
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.clock.setFixedTime(answers.now);
    await page.addInitScript(() => {
      // Keys and ids that are made by chance are the same in each picture.
      crypto.getRandomValues = <T extends ArrayBufferView | null>(array: T): T => array;
    });
    await signIn(page, sidecar.url);
    await page.route("**/console/api/**", (route) => {
      const body = answers.bodies[keyOf(route.request().url())];
      return body === undefined
        ? route.fulfill({ status: 404, json: { error: { code: "NOT_FOUND", message: "not taken" } } })
        : route.fulfill({ json: body });
    });
    // The address of the server is shown by Examples.
    for (const one of PICTURES) {
      await page.goto(`${sidecar.url}/console${address(one, answers.ids)}`);
      await settled(page);
      await page.evaluate(
        ([url]) => {
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            if (node.nodeValue?.includes(url as string))
              node.nodeValue = node.nodeValue.replaceAll(url as string, "https://hooks.example.org");
          }
        },
        [sidecar.url],
      );
      await expect.soft(page).toHaveScreenshot(`${one[0]}-${theme}.png`, { fullPage: true });
    }
  });
}
