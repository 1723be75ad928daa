// What each test begins with: a sidecar and a receiver of its worker, and a page that is signed in and watched.

import { test as base, expect, type Page } from "@playwright/test";
import { Receiver } from "./receiver.ts";
import { KEY, Sidecar } from "./sidecar.ts";

export { expect, type Page } from "@playwright/test";
export { KEY, Sidecar, until } from "./sidecar.ts";

/** What a page must never do, noted while a test runs. */
export class Watch {
  readonly faults: string[] = [];
  /** Whether some request is expected to fail at the network. */
  mayLoseConnection = false;

  constructor(page: Page, origin: () => string) {
    page.on("pageerror", (error) => this.faults.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("console", (said) => {
      const text = said.text();
      if (/Content Security Policy|Trusted ?Types?|Refused to/i.test(text)) this.faults.push(`CSP: ${text}`);
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(origin()) && !url.startsWith("blob:") && !url.startsWith("about:"))
        this.faults.push(`request: ${url}`);
    });
  }
}

/** Signs a browser in as the page does, without the page. */
export async function signIn(page: Page, url: string, key = KEY, prefix = ""): Promise<void> {
  const answer = await page.request.post(`${url}${prefix}/console/api/session`, {
    data: { key },
    headers: { origin: new URL(url).origin },
  });
  expect(answer.status()).toBe(200);
  const { data } = await answer.json();
  await page.addInitScript(
    ([name, proof]) => {
      // A page that is blank keeps nothing.
      if (!location.protocol.startsWith("http")) return;
      if (!localStorage.getItem(name as string)) localStorage.setItem(name as string, proof as string);
    },
    [`hookbridge.proof:${prefix}/console`, data.proof],
  );
}

interface Worker {
  receiver: Receiver;
  /** Shared by the tests of a worker that leave it as it is. */
  shared: Sidecar;
}

interface Fixtures {
  watch: Watch;
  /** An empty file of the test's own. */
  sidecar: Sidecar;
  /** Opens a path of the console of the test's own sidecar, signed in. */
  open: (path: string) => Promise<void>;
}

export const test = base.extend<Fixtures, Worker>({
  receiver: [
    // biome-ignore lint/correctness/noEmptyPattern: it needs nothing
    async ({}, use) => {
      const receiver = await Receiver.start();
      await use(receiver);
      await receiver.stop();
    },
    { scope: "worker" },
  ],
  shared: [
    // biome-ignore lint/correctness/noEmptyPattern: it needs nothing
    async ({}, use) => {
      const sidecar = await Sidecar.start();
      await use(sidecar);
      await sidecar.stop();
    },
    { scope: "worker" },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: it needs nothing
  sidecar: async ({}, use) => {
    const sidecar = await Sidecar.start();
    await use(sidecar);
    await sidecar.stop();
  },
  watch: [
    async ({ page }, use) => {
      let origin = "";
      page.on("framenavigated", (frame) => {
        if (frame === page.mainFrame() && frame.url().startsWith("http")) origin = new URL(frame.url()).origin;
      });
      const watch = new Watch(page, () => origin);
      await use(watch);
      expect(watch.faults, "what a page must never do").toEqual([]);
    },
    { auto: true },
  ],
  open: async ({ page, sidecar }, use) => {
    await signIn(page, sidecar.url);
    await use(async (path) => {
      await page.goto(`${sidecar.url}/console${path}`);
      await expect(page.locator("h1")).toBeVisible();
    });
  },
});
