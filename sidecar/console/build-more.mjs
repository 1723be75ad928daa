// Two files of script in place of one: what the first load needs, and the pages that few open, which `import()` brings.
// A module that both need is in the first alone; the second takes it from there, so that there is one of each.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const MORE = "src/more.ts";

/** Resolves the module `more:shared` of the first file, and in the second what the first has. */
function shares(shared, { isMore, hash = "" }) {
  return {
    name: "shares",
    setup(build) {
      const root = build.initialOptions.absWorkingDir;
      build.onResolve({ filter: /^more:shared$/ }, () => ({ path: "shared", namespace: "more" }));
      build.onLoad({ filter: /.*/, namespace: "more" }, () => ({ contents: registry(shared, hash), loader: "js", resolveDir: root }));
      if (!isMore) return;
      build.onResolve({ filter: /.*/ }, (asked) => {
        const path = asked.path.startsWith(".") ? relative(root, resolve(asked.resolveDir, asked.path)) : asked.path;
        return shared.has(path) ? { path, namespace: "shared" } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: "shared" }, ({ path }) => ({
        contents: `module.exports = globalThis.hookbridge[${JSON.stringify(path)}]`,
        loader: "js",
      }));
    },
  };
}

/** The text of the module that holds what the second file needs of the first. */
function registry(shared, hash) {
  const names = [...shared].sort();
  const from = (name) => JSON.stringify(name.startsWith("src/") ? `./${name}` : name);
  const imports = names.map((name, index) => `import * as m${index} from ${from(name)};`);
  const entries = names.map((name, index) => `${JSON.stringify(name)}: m${index}`);
  return `${imports.join("\n")}\nexport const shared = { ${entries.join(", ")} };\nexport const hash = ${JSON.stringify(hash)};\n`;
}

/** The modules of the first file that the second imports. */
function boundary(app, more) {
  const shared = new Set();
  for (const [file, input] of Object.entries(more.inputs)) {
    if (file in app.inputs) continue;
    for (const { path, original, kind } of input.imports) {
      if (!(path in app.inputs) || kind === "import-rule") continue;
      shared.add(path.startsWith("node_modules/") ? original : path);
    }
  }
  return shared;
}

/** Builds app.js with app.css, and more.js. */
export async function buildBoth(esbuild, options) {
  const app = options;
  const more = { ...options, entryPoints: { more: MORE }, format: "esm" };
  const plugins = (...added) => [...options.plugins, ...added];
  const look = { write: false, metafile: true, minify: false };
  const nothing = shares(new Set(), { isMore: false });
  const [lookedApp, lookedMore] = await Promise.all([
    esbuild.build({ ...app, ...look, plugins: plugins(nothing) }),
    esbuild.build({ ...more, ...look, plugins: plugins(nothing) }),
  ]);
  const shared = boundary(lookedApp.metafile, lookedMore.metafile);
  await esbuild.build({ ...more, plugins: plugins(shares(shared, { isMore: true })) });
  // The first file names the second by what is in it: one that is kept by a browser never meets another's other half.
  const file = join(options.absWorkingDir, options.outdir, "more.js");
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);
  await esbuild.build({ ...app, plugins: plugins(shares(shared, { isMore: false, hash })) });
}

