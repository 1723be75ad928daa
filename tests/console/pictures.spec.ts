// Pictures of the pages in both themes. Ids, times and counts are fixed: the API's answers are those of a file that is
// kept beside them.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { at } from "./addresses.ts";
import { type Filled, fill } from "./filled.ts";
import { expect, type Page, signIn, test } from "./fixtures.ts";

const ANSWERS = new URL("pictures/answers.json", import.meta.url);
const isWriting = process.env.CONSOLE_PICTURES === "write";

interface Answers {
  ids: Filled;
  /** When they were taken: the page's clock stands there. */
  now: string;
  bodies: Record<string, unknown>;
}

const PICTURES: [name: string, path: string][] = [
  ["overview", "/"],
  ["endpoints", "/endpoints"],
  ["new-endpoint", "/endpoints/new"],
  ["endpoint-subscription", "/endpoints/{subscribed}?tab=subscription"],
  ["endpoint-health", "/endpoints/{ep}?tab=health"],
  ["endpoint-keys", "/endpoints/{ep}?tab=keys"],
  ["messages", "/messages"],
  ["message", "/messages/{message}"],
  ["message-compared", "/messages/{message}?attempt=2&with=1"],
  ["message-in-an-order", "/messages/{ordered}"],
  ["message-scheduled", "/messages/{scheduled}"],
  ["events", "/events"],
  ["event", "/events/{event}"],
  ["event-types", "/event-types"],
  ["event-type", "/event-types/order.created"],
  ["dead", "/dead"],
  ["dead-cause", "/dead/HTTP%20503"],
  ["examples", "/examples?endpoint={ep}"],
  ["verify", "/verify?endpoint={ep}"],
  ["exports", "/exports"],
  ["keys", "/keys"],
  ["activity", "/activity"],
  ["settings", "/settings"],
];

const address = ([, path]: [string, string], ids: Filled) => at({ path }, ids);

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

/** An hour as a busy outbox has it, in the place of the one minute that the file has. */
function busy({ bodies }: Answers): void {
  const of = (beginning: string) =>
    // biome-ignore lint/suspicious/noExplicitAny: the answers are those of the server
    Object.entries(bodies).filter(([key]) => key.startsWith(beginning)) as [string, any][];
  const wave = (n: number, scale: number) => Math.round(scale * (1.2 + Math.sin(n / 7) + 0.4 * Math.sin(n * 1.9)));
  const trouble = (n: number) => (n > 33 && n < 44 ? 1 : 0);
  for (const [, body] of of("/v1/metrics/timeseries?")) {
    for (const [n, bucket] of body.data.buckets.entries()) {
      bucket.succeeded = wave(n, 60) - trouble(n) * wave(n, 20);
      bucket.retrying = trouble(n) * wave(n, 18);
      bucket.failed = trouble(n) * (n % 4);
      bucket.total = bucket.succeeded + bucket.failed;
    }
  }
  for (const [key, { data }] of of("/v1/metrics?")) {
    const series = of(key.replace("/v1/metrics?", "/v1/metrics/timeseries?"))[0]?.[1];
    const sum = (field: string) =>
      series.data.buckets.reduce((all: number, one: Record<string, number>) => all + (one[field] ?? 0), 0);
    Object.assign(data, { total_messages: sum("total"), succeeded: sum("succeeded"), failed: sum("failed") });
    Object.assign(data, { retries: sum("retrying"), success_rate: data.succeeded / data.total_messages });
  }
  for (const [, { data }] of of("/v1/endpoints/health?")) {
    for (const [at, one] of data.entries()) {
      for (const [n, minute] of one.minutes.entries()) {
        minute.succeeded = one.standing === "failing" ? 0 : wave(n + at * 5, 9);
        minute.retries = one.standing === "failing" ? wave(n, 2) : 0;
      }
    }
  }
}

test.skip(!isWriting && !existsSync(ANSWERS), "no picture has been taken yet");
test.describe.configure({ mode: "serial" });

test("the answers are taken", async ({ page, sidecar, receiver }) => {
  test.skip(!isWriting, "only when pictures are written anew");
  test.setTimeout(120_000);
  const answers: Answers = { ids: await fill(sidecar, receiver), now: "", bodies: {} };
  await signIn(page, sidecar.url);
  page.on("response", async (response) => {
    if (!response.url().includes("/console/api/") || /\/v1\/events(\?|$)/.test(response.url())) return;
    answers.bodies[keyOf(response.url())] = await response.json().catch(() => undefined);
  });
  for (const one of PICTURES) {
    await page.goto(`${sidecar.url}/console${address(one, answers.ids)}`);
    await settled(page);
    await page.waitForTimeout(300);
  }
  answers.now = new Date().toISOString();
  busy(answers);
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
