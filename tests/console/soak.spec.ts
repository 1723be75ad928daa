// A tab that stays open for a working day under load: what it holds must not grow. The day is the browser's clock, run
// fast; the messages are real.

import { expect, type Page, test, until } from "./fixtures.ts";

/** How far the clock goes in each round: ten minutes, and then the rest of eight hours. */
const STEPS = ["00:10:00", ...Array.from({ length: 10 }, () => "00:47:00")];
/** The rows that Live keeps. */
const ROWS = 500;
/** Messages of a round: more than these. */
const MESSAGES = 800;

interface Held {
  heap: number;
  nodes: number;
}

async function held(page: Page): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  await session.detach();
  return { heap: of("JSHeapUsedSize"), nodes: of("Nodes") };
}

test("eight hours of Live leave heap and nodes as they were", async ({ page, sidecar, receiver, open }) => {
  test.setTimeout(240_000);
  const { id } = await sidecar.endpoint(`${receiver.url}/ok`, { description: "Orders" });
  await page.clock.install();
  await open("/live");
  await expect(page.locator(".pulse.live")).toBeVisible();
  const rows = page.locator("tbody tr");
  const after: Held[] = [];
  for (const step of STEPS) {
    await sidecar.sendMany(id, MESSAGES);
    const last = await sidecar.send(id);
    // A stream that seems silent for so long is opened anew.
    await page.clock.fastForward(step);
    await sidecar.reaches(last, "succeeded");
    await until(async () => {
      const marker = await sidecar.send(id);
      const shown = page.locator(`a[href*="${marker}"]`).first();
      return shown.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    }, "the tab is live again");
    // From the first measurement on the list is full.
    await until(async () => (await rows.count()) >= ROWS || void (await sidecar.sendMany(id, 50)), "the list is full");
    expect(await rows.count()).toBe(ROWS);
    after.push(await held(page));
  }
  const [begin] = after;
  // The least of the last three: once in a while the browser holds some of its own for a moment.
  const last = after.slice(-3);
  const end = {
    heap: Math.min(...last.map(({ heap }) => heap)),
    nodes: Math.min(...last.map(({ nodes }) => nodes)),
  };
  if (!begin) throw new Error("nothing was measured");
  expect(end.heap, JSON.stringify(after)).toBeLessThan(begin.heap * 1.2);
  expect(end.nodes, JSON.stringify(after)).toBeLessThan(begin.nodes * 1.2);
});
