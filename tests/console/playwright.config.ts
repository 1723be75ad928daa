import { defineConfig } from "@playwright/test";

/** Debian's browser; nothing is downloaded. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../../target/console/results",
  snapshotPathTemplate: "pictures/{arg}{ext}",
  timeout: 120_000,
  expect: { timeout: 10_000, toHaveScreenshot: { maxDiffPixelRatio: 0.001, animations: "disabled" } },
  fullyParallel: true,
  workers: Number(process.env.CONSOLE_WORKERS ?? 2),
  retries: 0,
  forbidOnly: true,
  reporter: [["list"]],
  // Pictures are written anew by `make console-pictures` alone.
  updateSnapshots: process.env.CONSOLE_PICTURES === "write" ? "all" : "none",
  use: {
    viewport: { width: 1280, height: 800 },
    timezoneId: "UTC",
    locale: "en-GB",
    launchOptions: {
      executablePath,
      args: [
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ].concat(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    },
  },
});
