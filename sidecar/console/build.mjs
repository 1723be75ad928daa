// Builds dist/ from src/. The same sources give the same bytes on every machine: no dates, no hashes in names.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { samplesPlugin } from "./build-samples.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const watch = process.argv.includes("--watch");

// Gzipped bytes that each file may have, and all of them together.
const budget = { "app.js": 45_000, "app.css": 9_000, "icons.svg": 4_000, "index.html": 1_000, "favicon.svg": 1_000 };
const budgetOfAll = 60_000;

function copyStatic() {
  mkdirSync(dist, { recursive: true });
  for (const name of ["index.html", "icons.svg", "favicon.svg"]) {
    writeFileSync(join(dist, name), readFileSync(join(here, name)));
  }
}

function report() {
  let all = 0;
  let over = false;
  for (const [name, most] of Object.entries(budget)) {
    const size = gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
    all += size;
    over ||= size > most;
    console.log(`${name.padEnd(12)} ${String(size).padStart(6)} of ${most} bytes, gzip`);
  }
  over ||= all > budgetOfAll;
  console.log(`${"all".padEnd(12)} ${String(all).padStart(6)} of ${budgetOfAll}`);
  return !over;
}

const options = {
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx" },
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome123", "firefox128", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  plugins: [samplesPlugin],
};

copyStatic();
if (watch) {
  const context = await esbuild.context({
    ...options,
    minify: false,
    plugins: [
      ...options.plugins,
      {
        name: "static",
        setup(build) {
          build.onEnd(() => {
            copyStatic();
            console.log("built");
          });
        },
      },
    ],
  });
  await context.watch();
} else {
  await esbuild.build(options);
  if (!report()) {
    console.error("dist/ is larger than its budget");
    process.exitCode = 1;
  }
}
