// The samples that the page shows, made at build time from the programs of this repository that its tests run. Each
// change that a sample needs to speak to a server is named here, and must find what it changes: a sample that was
// written anew fails the build until somebody has looked.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (file) => readFileSync(ROOT + file, "utf8");

/** What the page fills in. `INSECURE` becomes what lets a client use plain http to another machine, or nothing. */
const KEY = "YOUR_API_KEY";
const ENDPOINT = "YOUR_ENDPOINT_ID";
const URL_ = "YOUR_BASE_URL";
const INSECURE = "YOUR_INSECURE";

function edited(name, text, edits) {
  let made = text;
  for (const [from, to] of edits) {
    if (made.split(from).length !== 2) throw new Error(`sample ${name}: not once in the program: ${from}`);
    made = made.replace(from, () => to);
  }
  return made;
}

function lines(text, ...unwanted) {
  const kept = text.split("\n").filter((line) => !unwanted.some((word) => line.includes(word)));
  return kept.join("\n");
}

const SENDS = [
  {
    id: "node-esm",
    name: "Node.js",
    detail: "ES module",
    file: "send.mjs",
    run: "node send.mjs",
    install: "Node",
    verify: "node",
    from: "tests/samples/node.mjs",
    insecure: ", insecureBaseUrl: true",
    edits: [[`apiKey: '${KEY}'`, `apiKey: '${KEY}', baseUrl: '${URL_}'${INSECURE}`]],
  },
  {
    id: "node-cjs",
    name: "Node.js",
    detail: "CommonJS",
    file: "send.cjs",
    run: "node send.cjs",
    install: "Node",
    verify: "node",
    from: "tests/samples/node.cjs",
    insecure: ", insecureBaseUrl: true",
    edits: [[`apiKey: '${KEY}'`, `apiKey: '${KEY}', baseUrl: '${URL_}'${INSECURE}`]],
  },
  {
    id: "python",
    name: "Python",
    file: "send.py",
    run: "python3 send.py",
    install: "Python",
    verify: "python",
    from: "tests/samples/python.py",
    insecure: ", insecure_base_url=True",
    edits: [[`api_key="${KEY}"`, `api_key="${KEY}", base_url="${URL_}"${INSECURE}`]],
  },
  {
    id: "go",
    name: "Go",
    file: "main.go",
    run: "go run .",
    install: "Go",
    verify: "go",
    from: "tests/samples/go/main.go",
    insecure: ", hookbridge.WithInsecureBaseURL(true)",
    edits: [[`NewClient("${KEY}")`, `NewClient("${KEY}", hookbridge.WithBaseURL("${URL_}")${INSECURE})`]],
  },
  {
    id: "php",
    name: "PHP",
    file: "send.php",
    run: "php send.php",
    install: "PHP",
    verify: "php",
    from: "tests/samples/php.php",
    insecure: ", insecureBaseUrl: true",
    edits: [
      [`HookBridge('${KEY}')`, `HookBridge('${KEY}', baseUrl: '${URL_}'${INSECURE})`],
      ["<?php\n", "<?php\n\nrequire 'vendor/autoload.php';\n"],
    ],
  },
  {
    id: "ruby",
    name: "Ruby",
    file: "send.rb",
    run: "ruby send.rb",
    install: "Ruby",
    verify: "ruby",
    from: "tests/samples/ruby.rb",
    insecure: ", insecure_base_url: true",
    edits: [[`api_key: "${KEY}"`, `api_key: "${KEY}", base_url: "${URL_}"${INSECURE}`]],
  },
  { id: "rust", name: "Rust", file: "src/main.rs", run: "cargo run", install: "Rust", insecure: ', "insecure_base_url": true', make: rust },
  {
    id: "kotlin",
    name: "Kotlin",
    file: "send.kt",
    run: "kotlinc send.kt -include-runtime -d send.jar && java -cp send.jar:hookbridge.jar SendKt",
    install: "Kotlin and Java",
    verify: "kotlin",
    insecure: ", insecureBaseUrl = true",
    make: kotlin,
  },
  {
    id: "c",
    name: "C",
    file: "send.c",
    run: "cc send.c -o send $(pkg-config --cflags --libs hookbridge) && ./send",
    install: "C",
    insecure: ', \\"insecure_base_url\\": true',
    make: c,
  },
  {
    id: "command",
    name: "Command",
    file: "send.sh",
    run: "sh send.sh",
    install: "",
    insecure: " --insecure-url",
    make: command,
  },
];

/** The first program of the README, without the endpoint that it makes. */
function rust() {
  const program = lines(read("core/examples/first.rs"), "//!", "std::time", "args()", "let endpoint", "flush(").trimStart();
  return edited("rust", program, [
    ["use serde_json::{Value, json};", "use serde_json::json;"],
    ["Config::from_env()?", `Config::from_json(r#"{"base_url": "${URL_}", "api_key": "${KEY}"${INSECURE}}"#)?`],
    ['endpoint["id"].as_str().unwrap_or_default()', `"${ENDPOINT}"`],
    ['json!({ "event": "order.created" })', 'json!({ "event": "order.created", "order_id": "ord_123" })'],
  ]);
}

function kotlin() {
  const program = lines(read("bindings/kotlin/examples/first.kt"), "createEndpoint", "signingSecret", "flush()");
  return edited("kotlin", program, [
    ['database = "hookbridge.db"', `apiKey = "${KEY}", baseUrl = "${URL_}"${INSECURE}`],
    ["endpoint.id,", `"${ENDPOINT}",`],
    [".use { client ->\n\n", ".use { client ->\n"],
  ]);
}

/** One file: what it needs of the guide's shared part stands above it. */
function c() {
  const shared = read("ffi/examples/helpers.h");
  const needed = ["slice", "must", "open_engine", "close_engine"].map((name) => {
    const found = new RegExp(`^(?:/\\*.*\\*/\\n)?static inline [^\\n]*\\b${name}\\([\\s\\S]*?^}\\n`, "m").exec(shared);
    if (!found) throw new Error(`sample c: no ${name} in the shared part`);
    return found[0].replace("static inline", "static");
  });
  const includes = shared.match(/^#include <.*>$/gm).filter((line) => !line.includes("cjson"));
  const program = lines(read("ffi/examples/first.c"), "#include", "cJSON", "text(endpoint, \"id\"), text(", "flush(").trimStart();
  const main = edited("c", program, [
    ['"{\\"database\\": \\"hookbridge.db\\"}"', `"{\\"base_url\\": \\"${URL_}\\", \\"api_key\\": \\"${KEY}\\"${INSECURE}}"`],
    ['slice(text(endpoint, "id"))', `slice("${ENDPOINT}")`],
    [";\n\n    hookbridge_message", ";\n    hookbridge_message"],
    [";\n\n    close_engine", ";\n    close_engine"],
  ]);
  return `${includes.join("\n")}\n\n${needed.join("\n")}\n${main}`;
}

function command() {
  const line = /^hookbridge send ep_\.\.\. '(.*?)'/m.exec(read("README.md"));
  if (!line) throw new Error("sample command: the README does not send");
  return [
    `HOOKBRIDGE_API_KEY=${KEY} hookbridge send --url ${URL_}${INSECURE} \\`,
    "  --header 'X-Source: billing-service' --idempotency-key order-123-created-v1 \\",
    `  ${ENDPOINT} '${line[1]}'`,
    "",
  ].join("\n");
}

/** How a receiver verifies, from the same programs as the READMEs have it. */
const VERIFIES = [
  ["node", "Node.js", "bindings/node/examples/verify.mjs"],
  ["python", "Python", "bindings/python/examples/verify.py"],
  ["go", "Go", "bindings/go/examples/verify/main.go"],
  ["php", "PHP", "bindings/php/examples/verify.php"],
  ["ruby", "Ruby", "bindings/ruby/examples/verify.rb"],
  ["kotlin", "Kotlin", "bindings/kotlin/examples/verify.kt"],
];

function shownPart(file) {
  const found = /readme: begin\n([\s\S]*?)\n[^\n]*readme: end/.exec(read(file));
  if (!found) throw new Error(`${file} does not mark what is shown`);
  return `${found[1].trim()}\n`;
}

/** How a package is installed, as the README of the repository has it in its table. */
function installs() {
  const rows = [...read("README.md").matchAll(/^\| ([A-Z][\w ]*) \| (`.*?) \| \[/gm)];
  return new Map(rows.map((row) => [row[1], row[2].replaceAll("`", "")]));
}

export function samplesModule() {
  const install = installs();
  const samples = SENDS.map(({ from, edits, make, install: row, ...sample }) => {
    const text = make ? make() : edited(sample.id, read(from), edits);
    for (const wanted of [KEY, ENDPOINT, URL_, INSECURE]) {
      if (text.split(wanted).length !== 2) throw new Error(`sample ${sample.id}: not once: ${wanted}`);
    }
    return { detail: "", verify: "", ...sample, install: install.get(row) ?? "", text };
  });
  const verifies = VERIFIES.map(([id, name, file]) => ({ id, name, text: shownPart(file) }));
  return `export const samples = ${JSON.stringify(samples)};\nexport const verifies = ${JSON.stringify(verifies)};\n`;
}

/** For esbuild: the module `samples:built`. */
export const samplesPlugin = {
  name: "samples",
  setup(build) {
    build.onResolve({ filter: /^samples:built$/ }, () => ({ path: "built", namespace: "samples" }));
    build.onLoad({ filter: /.*/, namespace: "samples" }, () => ({ contents: samplesModule(), loader: "js" }));
  },
};
