// Cuts a JSON text into tokens by their places. Nothing is parsed into values: a number that was written with twenty
// digits is shown with these twenty. Without recursion, so that no depth is too deep.

export const Kind = { open: 0, close: 1, key: 2, text: 3, number: 4, word: 5, colon: 6, comma: 7 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

export interface Tokens {
  count: number;
  /** Where each begins and ends in the text. */
  starts: Uint32Array;
  ends: Uint32Array;
  kinds: Uint8Array;
  /** Of a bracket, the token that closes or opens it. */
  partners: Uint32Array;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The tokens of a JSON document, or null where the text is none. */
export function tokensOf(text: string): Tokens | null {
  const found = new Growing();
  // The open brackets, and what may come next.
  const open: number[] = [];
  let next: "value" | "value or close" | "key" | "key or close" | "colon" | "comma or close" | "end" = "value";
  let at = 0;
  for (;;) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (at === text.length) return next === "end" ? found.done() : null;
    const sign = text.charAt(at);
    const start = at;
    const inside = () => (open.length === 0 ? "end" : "comma or close");
    if (next === "end") return null;
    if (next === "colon") {
      if (sign !== ":") return null;
      found.add(start, ++at, Kind.colon);
      next = "value";
    } else if ((sign === "}" || sign === "]") && next.endsWith("close")) {
      const opener = open.pop();
      if (opener === undefined || text.charAt(found.start(opener)) !== (sign === "}" ? "{" : "[")) return null;
      found.pair(opener, found.add(start, ++at, Kind.close));
      next = inside();
    } else if (next === "comma or close") {
      if (sign !== ",") return null;
      found.add(start, ++at, Kind.comma);
      const opener = open.at(-1) ?? 0;
      next = text.charAt(found.start(opener)) === "{" ? "key" : "value";
    } else if (next.startsWith("key")) {
      at = endOfString(text, start);
      if (at < 0) return null;
      found.add(start, at, Kind.key);
      next = "colon";
    } else if (sign === "{" || sign === "[") {
      open.push(found.add(start, ++at, Kind.open));
      next = sign === "{" ? "key or close" : "value or close";
    } else if (sign === '"') {
      at = endOfString(text, start);
      if (at < 0) return null;
      found.add(start, at, Kind.text);
      next = inside();
    } else {
      const pattern = sign === "-" || (sign >= "0" && sign <= "9") ? NUMBER : WORD;
      pattern.lastIndex = start;
      const match = pattern.exec(text);
      if (!match) return null;
      at += match[0].length;
      found.add(start, at, pattern === NUMBER ? Kind.number : Kind.word);
      next = inside();
    }
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Behind the quote that ends the string at `start`, or -1 where it is none. */
function endOfString(text: string, start: number): number {
  if (text.charAt(start) !== '"') return -1;
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -1;
    if (code === 0x5c) {
      ESCAPE.lastIndex = at;
      const match = ESCAPE.exec(text);
      if (!match) return -1;
      at += match[0].length - 1;
    }
  }
  return -1;
}

/** Tokens while they are gathered. */
class Growing {
  #count = 0;
  #starts = new Uint32Array(1024);
  #ends = new Uint32Array(1024);
  #kinds = new Uint8Array(1024);
  #partners = new Uint32Array(1024);

  add(start: number, end: number, kind: Kind): number {
    if (this.#count === this.#starts.length) {
      this.#starts = twice(this.#starts, Uint32Array);
      this.#ends = twice(this.#ends, Uint32Array);
      this.#kinds = twice(this.#kinds, Uint8Array);
      this.#partners = twice(this.#partners, Uint32Array);
    }
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#kinds[this.#count] = kind;
    return this.#count++;
  }

  pair(opener: number, closer: number): void {
    this.#partners[opener] = closer;
    this.#partners[closer] = opener;
  }

  start(token: number): number {
    return this.#starts[token] ?? 0;
  }

  done(): Tokens {
    return {
      count: this.#count,
      starts: this.#starts,
      ends: this.#ends,
      kinds: this.#kinds,
      partners: this.#partners,
    };
  }
}

function twice<T extends Uint32Array | Uint8Array>(old: T, type: new (length: number) => T): T {
  const larger = new type(old.length * 2);
  larger.set(old);
  return larger;
}
