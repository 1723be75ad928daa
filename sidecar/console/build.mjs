// Builds dist/ from src/. The same sources give the same bytes on every machine: no dates, no hashes in names.
import { mkdirSync, readFileSync, watch as watchFolder, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { buildBoth } from "./build-more.mjs";
import { samplesPlugin } from "./build-samples.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const watch = process.argv.includes("--watch");

// Gzipped bytes that each file of the first load may have, and all of them together. more.js comes when it is needed.
const budget = { "app.js": 45_000, "app.css": 9_000, "icons.svg": 4_000, "index.html": 1_000, "favicon.svg": 1_000 };
const budgetOfAll = 60_000;
const later = { "more.js": 58_000 };

function copyStatic() {
  mkdirSync(dist, { recursive: true });
  for (const name of ["index.html", "icons.svg", "favicon.svg"]) {
    writeFileSync(join(dist, name), readFileSync(join(here, name)));
  }
}

function weigh(name, most) {
  const size = gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
  console.log(`${name.padEnd(12)} ${String(size).padStart(6)} of ${most} bytes, gzip`);
  return { size, over: size > most };
}

/** Whether all keeps to its budget. */
function report() {
  const first = Object.entries(budget).map(([name, most]) => weigh(name, most));
  const all = first.reduce((sum, { size }) => sum + size, 0);
  console.log(`${"first load".padEnd(12)} ${String(all).padStart(6)} of ${budgetOfAll}`);
  const others = Object.entries(later).map(([name, most]) => weigh(name, most));
  return all <= budgetOfAll && ![...first, ...others].some(({ over }) => over);
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

async function build() {
  copyStatic();
  await buildBoth(esbuild, options);
}

await build();
if (watch) {
  console.log("built; built again when a source changes");
  let timer;
  watchFolder(join(here, "src"), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(
      () =>
        build().then(
          () => console.log("built"),
          () => undefined,
        ),
      100,
    );
  });
} else if (!report()) {
  console.error("dist/ is larger than its budget");
  process.exitCode = 1;
}
