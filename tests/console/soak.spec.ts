// A tab that stays open for a working day under load: what it holds must not grow. The day is the browser's clock, run
// fast; the messages are real.

import { expect, type Page, test, until } from "./fixtures.ts";

const ROUNDS = 8;
/** Messages of a round: more than the rows that Live keeps. */
const MESSAGES = 750;

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
  const after: Held[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let sent = 0; sent < MESSAGES; sent += 50) {
      await Promise.all(Array.from({ length: 50 }, () => sidecar.send(id)));
    }
    const last = await sidecar.send(id);
    // An hour passes; a stream that seems silent for so long is opened anew.
    await page.clock.fastForward("01:00:00");
    await sidecar.reaches(last, "succeeded");
    await until(async () => {
      const marker = await sidecar.send(id);
      const shown = page.locator(`a[href*="${marker}"]`).first();
      return shown.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    }, "the tab is live again");
    expect(await page.locator("tbody tr").count()).toBeLessThanOrEqual(500);
    after.push(await held(page));
  }
  // The first two fill the list; from then on it is full.
  const [, begin] = after;
  const end = after.at(-1);
  if (!begin || !end) throw new Error("nothing was measured");
  expect(end.heap, JSON.stringify(after)).toBeLessThan(begin.heap * 1.2);
  expect(end.nodes, JSON.stringify(after)).toBeLessThan(begin.nodes * 1.2);
});
