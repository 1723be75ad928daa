// How a payload is cut and laid out: nothing is added, nothing taken away, nothing parsed into values.

import { expect, test } from "@playwright/test";
import { around, lineAt, plainLines, structuredLines } from "../../sidecar/console/src/payload/lines.ts";
import { Kind, tokensOf } from "../../sidecar/console/src/payload/tokens.ts";
import { asCurl, asHttpFile, asHttpie } from "../../sidecar/console/src/request.ts";

const GOOD = [
  "1",
  '"text"',
  "null",
  "{}",
  "[]",
  ' { "a" : [ 1 , 2.50 , -0 , 1e400 , true , null ] , "b" : { } } ',
  '{"id":1970670598291982290,"x":1.10}',
  '"\\u0041\\n\\"\\\\"',
  '["\u{1f600}", "\u202e"]',
  `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
];

const BAD = [
  "",
  " ",
  "{",
  "[1,]",
  '{"a":}',
  "{a:1}",
  "01",
  "1.",
  ".5",
  "+1",
  "nul",
  "truee",
  '"\u0001"',
  '"\\x"',
  '"open',
  "[1 2]",
  '{"a":1,}',
  "[]]",
  "{]",
  "1 1",
  "NaN",
];

test("takes what is JSON and nothing else", () => {
  for (const text of GOOD) expect(tokensOf(text), text.slice(0, 40)).not.toBeNull();
  for (const text of BAD) expect(tokensOf(text), text).toBeNull();
  // What a parser takes is what this takes.
  for (const text of [...GOOD.slice(0, -1), ...BAD]) {
    let parses = true;
    try {
      JSON.parse(text);
    } catch {
      parses = false;
    }
    expect(tokensOf(text) !== null, text).toBe(parses);
  }
});

test("tokens keep every byte: what lies between them is space", () => {
  for (const text of GOOD) {
    const tokens = tokensOf(text);
    if (!tokens) throw new Error("no tokens");
    let at = 0;
    let between = "";
    for (let n = 0; n < tokens.count; n++) {
      between += text.slice(at, tokens.starts[n]);
      at = tokens.ends[n] ?? 0;
    }
    expect((between + text.slice(at)).trim()).toBe("");
  }
});

test("lines cover the text in order, and split no pair", () => {
  for (const columns of [16, 24, 100]) {
    for (const text of [...GOOD, `"${"\u{1f600}".repeat(300)}"`]) {
      const tokens = tokensOf(text);
      if (!tokens) throw new Error("no tokens");
      const lines = structuredLines(text, tokens, new Set(), columns);
      const parts = lines.map((line) => text.slice(line.start, line.end));
      expect(Math.max(...parts.slice(0, 1000).map((part) => part.length))).toBeLessThanOrEqual(columns);
      expect(parts.filter((part) => /^[\udc00-\udfff]|[\ud800-\udbff]$/.test(part))).toEqual([]);
      const joined = parts.join("");
      expect(joined.replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    }
  }
  const plain = "first\n\nthird line that is longer\r\n";
  expect(plainLines(plain, 16).map((line) => plain.slice(line.start, line.end))).toEqual([
    "first",
    "",
    "third line that ",
    "is longer\r",
    "",
  ]);
});

test("what is folded is one line, and a place within is found and opened", () => {
  const text = '{"a":{"b":[1,2,3],"c":4},"d":5}';
  const tokens = tokensOf(text);
  if (!tokens) throw new Error("no tokens");
  const inner = [...tokens.kinds].findIndex((kind, n) => kind === Kind.open && n > 0);
  const folded = structuredLines(text, tokens, new Set([inner]), 100);
  expect(folded.map((line) => text.slice(line.start, line.end))).toEqual([
    "{",
    '"a":{"b":[1,2,3],"c":4},',
    '"d":5',
    "}",
  ]);
  const place = text.indexOf("2");
  expect(around(tokens, place)).toContain(inner);
  const open = structuredLines(text, tokens, new Set(), 100);
  const line = open[lineAt(open, place)];
  expect(text.slice(line?.start, line?.end)).toBe("2,");
});

test("a request as text: quotes, empty headers, long bodies", () => {
  const sent = {
    method: "POST",
    url: "https://example.com/hooks?a=1&b=2",
    headers: {
      Host: "example.com",
      "Content-Length": "3",
      "Content-Type": "application/json",
      "X-Quote": "it's",
      "X-Empty": "",
    },
    body: `{"a":"it's"}`,
  };
  expect(asCurl(sent)).toBe(
    [
      "curl -X POST 'https://example.com/hooks?a=1&b=2' \\",
      "  -H 'Content-Type: application/json' \\",
      "  -H 'X-Quote: it'\\''s' \\",
      "  -H 'X-Empty;' \\",
      `  --data-raw '{"a":"it'\\''s"}'`,
      "",
    ].join("\n"),
  );
  expect(asHttpie(sent)).toContain(`printf %s '{"a":"it'\\''s"}' | http POST`);
  expect(asHttpFile(sent)).toBe(
    `POST https://example.com/hooks?a=1&b=2\nContent-Type: application/json\nX-Quote: it's\nX-Empty: \n\n{"a":"it's"}\n`,
  );
  const long = { ...sent, body: `"${"a".repeat(200_000)}"` };
  expect(asCurl(long)).toContain("--data-binary @payload.json");
  // A header cannot begin another one.
  expect(asHttpFile({ ...sent, headers: { "X-A": "1\r\nX-B: 2" } })).toContain("X-A: 1 X-B: 2");
});
