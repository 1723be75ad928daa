// axe on every page in both themes: with rows, without any, and where the server refuses.

import { AxeBuilder } from "@axe-core/playwright";
import { ADDRESSES, at } from "./addresses.ts";
import { fill } from "./filled.ts";
import { expect, type Page, signIn, test } from "./fixtures.ts";

const [ENDPOINT, MESSAGE] = [`ep_${"0".repeat(32)}`, "01a22ca0-0000-7000-8000-000000000000"];
const NOTHING = {
  ep: ENDPOINT,
  message: MESSAGE,
  event: `evt_${"0".repeat(32)}`,
  ordered: MESSAGE,
  subscribed: ENDPOINT,
  scheduled: MESSAGE,
};

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function violations(page: Page, rules?: string[]): Promise<string[]> {
  // The legacy mode takes no second page to gather results in, which only a page with frames needs: half the time.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode();
  const found = await (rules ? axe.withRules(rules) : axe.withTags(TAGS)).analyze();
  return found.violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`),
  );
}

/** In both themes. The second differs from the first in its colours alone. */
async function both(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  expect.soft(await violations(page), `${name}, light`).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect.soft(await violations(page, ["color-contrast"]), `${name}, dark`).toEqual([]);
}

/** The rows have come, or what stands in their place. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator("h1")).toBeVisible();
  await page.waitForFunction(() => !document.querySelector(".skeleton"));
  await page.waitForTimeout(50);
}

test("full", async ({ page, sidecar, receiver }) => {
  test.setTimeout(240_000);
  const ids = await fill(sidecar, receiver);
  await signIn(page, sidecar.url);
  for (const address of ADDRESSES) {
    await page.goto(`${sidecar.url}/console${at(address, ids)}`);
    await settled(page);
    await expect(page.getByRole("dialog", { name: "Sign in" })).toBeHidden();
    await both(page, address.name);
  }
});

test("empty", async ({ page, sidecar }) => {
  test.setTimeout(240_000);
  await signIn(page, sidecar.url);
  for (const address of ADDRESSES) {
    await page.goto(`${sidecar.url}/console${at(address, NOTHING)}`);
    await settled(page);
    await both(page, address.name);
  }
});

test("refused", async ({ page, sidecar }) => {
  test.setTimeout(240_000);
  await signIn(page, sidecar.url);
  await page.route("**/console/api/v1/**", (route) =>
    route.fulfill({
      status: 503,
      json: { error: { code: "STORAGE_UNAVAILABLE", message: "the disk is full" }, meta: { request_id: "req_0" } },
    }),
  );
  for (const address of ADDRESSES) {
    await page.goto(`${sidecar.url}/console${at(address, NOTHING)}`);
    await settled(page);
    await both(page, address.name);
  }
});

test("signed out", async ({ page, sidecar }) => {
  await page.goto(`${sidecar.url}/console/messages`);
  await expect(page.getByRole("dialog", { name: "Sign in" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

/** Two sizes at which nothing but what scrolls by itself may be wider than the window. */
for (const [name, size] of [
  ["320 px", { width: 320, height: 640 }],
  // 200 % of 1280 by 800 is the layout of half of it.
  ["200 %", { width: 640, height: 400 }],
] as const) {
  test(`no sideways scrolling at ${name}`, async ({ page, sidecar, receiver }) => {
    test.setTimeout(120_000);
    const ids = await fill(sidecar, receiver);
    await page.setViewportSize(size);
    await signIn(page, sidecar.url);
    for (const address of ADDRESSES) {
      await page.goto(`${sidecar.url}/console${at(address, ids)}`);
      await settled(page);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect.soft(over, address.name).toBeLessThanOrEqual(0);
      const cut = await page.evaluate(cutOff);
      expect.soft(cut, address.name).toEqual([]);
    }
  });
}

/** Elements whose text is cut off by the window: what scrolls by itself, and what is cut on purpose, is not meant. */
function cutOff(): string[] {
  const found: string[] = [];
  const scrolls = ".scroll, .lines, .code-text, .tabs, pre, .clip, svg, .unseen, dialog, .skip, [hidden]";
  for (const element of document.querySelectorAll("main *, header *")) {
    if (element.closest(scrolls)) continue;
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.right > innerWidth + 1) found.push(`${element.tagName} ${element.className}`);
  }
  return found;
}

test("nothing moves where motion is not wanted", async ({ page, sidecar }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signIn(page, sidecar.url);
  await page.route("**/v1/logs**", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await page.goto(`${sidecar.url}/console/messages`);
  await expect(page.locator(".skeleton > div").first()).toBeVisible();
  const moving = await page.evaluate(
    () => document.getAnimations().filter((one) => one.playState === "running").length,
  );
  expect(moving).toBe(0);
});

/** What cannot be told by its shape, where a browser takes the colours of a page away. */
function unseen(): string[] {
  const found: string[] = [];
  const say = (element: Element, what: string) =>
    found.push(`${element.tagName} ${element.className} "${(element.textContent ?? "").trim().slice(0, 30)}": ${what}`);
  const shown = (element: Element) => element.checkVisibility() && element.getBoundingClientRect().width > 1;
  const drawn = (style: string, width: string) =>
    style !== "none" && style !== "hidden" && Number.parseFloat(width) > 0;
  /** Whether it has a border all around, and which outline. */
  const lines = (element: Element) => {
    const style = getComputedStyle(element);
    const borders = ["Top", "Right", "Bottom", "Left"].map((side) =>
      drawn(style[`border${side}Style` as "borderTopStyle"], style[`border${side}Width` as "borderTopWidth"]),
    );
    return {
      border: borders.every(Boolean),
      outline: drawn(style.outlineStyle, style.outlineWidth) && `${style.outlineWidth} ${style.outlineOffset}`,
    };
  };
  for (const button of document.querySelectorAll("button, a.button, summary")) {
    if (!shown(button) || button.closest("[role=tablist]")) continue;
    // One without a border is known by its picture, its line, or the triangle of what it opens.
    const { textDecorationLine, display } = getComputedStyle(button);
    const opens = display === "list-item" || button.matches(".fold");
    const bare = button.querySelector("svg") || textDecorationLine === "underline" || opens;
    if (!lines(button).border && !bare) say(button, "no border");
  }
  // The browser draws the others itself.
  const fields = "input:not([type=hidden], [type=checkbox], [type=radio], [type=file], [type=range]), select, textarea";
  for (const field of document.querySelectorAll(fields)) {
    if (shown(field) && !lines(field).border) say(field, "no border");
  }
  const chosen = "[aria-current=page], [aria-selected=true], [aria-pressed=true]";
  for (const one of document.querySelectorAll(chosen)) {
    if (shown(one) && !lines(one).outline) say(one, "chosen, and looks like the others");
  }
  const before = document.activeElement;
  for (const one of document.querySelectorAll<HTMLElement>(
    "a[href], button, input, select, textarea, summary, [tabindex='0']",
  )) {
    if (!shown(one) || one.matches(":disabled") || one.closest("[inert]")) continue;
    (document.activeElement as HTMLElement | null)?.blur();
    const without = lines(one).outline;
    one.focus({ preventScroll: true });
    if (document.activeElement !== one) continue;
    const { outline } = lines(one);
    if (!outline || outline === without) say(one, `the focus is not seen: ${outline}`);
  }
  (before as HTMLElement | null)?.focus({ preventScroll: true });
  return found;
}

test("forced colours keep states, choices and the focus apart on every page", async ({ page, sidecar, receiver }) => {
  test.setTimeout(240_000);
  const ids = await fill(sidecar, receiver);
  await page.emulateMedia({ forcedColors: "active" });
  await signIn(page, sidecar.url);
  for (const address of ADDRESSES) {
    await page.goto(`${sidecar.url}/console${at(address, ids)}`);
    await settled(page);
    const borders = await page
      .locator(".badge")
      .evaluateAll((all) => all.map((badge) => getComputedStyle(badge).borderTopStyle));
    expect.soft(new Set([...borders, "solid"]), address.name).toEqual(new Set(["solid"]));
    await expect.soft(page.locator("nav [aria-current=page]"), address.name).toHaveCount(1);
    // After a key the browser shows the focus that a script sets, too.
    await page.keyboard.press("Tab");
    expect.soft(await page.evaluate(unseen), address.name).toEqual([]);
    expect.soft(await violations(page), address.name).toEqual([]);
  }
});
