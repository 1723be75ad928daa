// A real `hookbridge serve` on a file of its own, and its API as a program would use it.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const COMMAND = process.env.HOOKBRIDGE_COMMAND ?? join(ROOT, "target/debug/hookbridge");
export const KEY = "hb_test_0123456789abcdefghijklmnopqrstuv";

/** The page as it is in the tree, where the command was built with another. */
const CONSOLE_DIR = process.env.HOOKBRIDGE_TEST_CONSOLE_DIR;

/** The document of the API, as the command prints it. */
export function openapi(): { paths: Record<string, Record<string, unknown>> } {
  return JSON.parse(
    execFileSync(COMMAND, ["openapi"], { encoding: "utf8", maxBuffer: 1 << 24, env: cleanEnvironment() }),
  );
}

/** The environment without settings of whoever runs the tests. */
export const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("HOOKBRIDGE_")));

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer has is what the test looks at
  body: any;
}

export async function until<T>(
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  what: string,
): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export interface Options {
  flags?: string[];
  database?: string;
  port?: number;
}

export class Sidecar {
  log = "";
  private constructor(
    readonly folder: string,
    readonly database: string,
    public url: string,
    private process: ChildProcess,
    private readonly options: Options,
  ) {}

  static async start(options: Options = {}): Promise<Sidecar> {
    const folder = mkdtempSync(join(tmpdir(), "hookbridge-console-"));
    const database = options.database ?? join(folder, "outbox.db");
    const port = options.port ?? (await freePort());
    const sidecar = new Sidecar(folder, database, `http://127.0.0.1:${port}`, undefined as never, { ...options, port });
    await sidecar.begin();
    return sidecar;
  }

  /** Begins, or begins again after `kill`. */
  async begin(): Promise<void> {
    const file = join(this.folder, "key");
    writeFileSync(file, KEY, { mode: 0o600 });
    const { port, flags = [] } = this.options;
    const all = ["serve", "--listen", `127.0.0.1:${port}`, "--database", this.database, "--api-key-file", file];
    all.push(
      "--allow-local-endpoints",
      "--durability",
      "normal",
      "--verify-dns=false",
      "--shutdown-timeout",
      "5",
      ...flags,
    );
    if (CONSOLE_DIR) all.push("--console-dir", CONSOLE_DIR);
    this.process = spawn(COMMAND, all, { env: cleanEnvironment(), stdio: ["ignore", "ignore", "pipe"] });
    this.process.stderr?.on("data", (piece) => {
      this.log += piece;
    });
    await until(async () => {
      if (this.process.exitCode !== null) throw new Error(`the sidecar ended: ${this.log}`);
      return fetch(`${this.url}/healthz`)
        .then((answer) => answer.ok)
        .catch(() => false);
    }, "the sidecar listens");
  }

  /** As a crash would. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill(signal);
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A call of the public API. `body` may be a text, whose bytes are sent. */
  async call(method: string, path: string, body?: unknown, key = KEY): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      method,
      redirect: "manual",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
  }

  /** The data of a call that has to succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: what an answer has is what the test looks at
  async ok(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body?.data;
  }

  endpoint(url: string, fields: Record<string, unknown> = {}): Promise<{ id: string; signing_secret: string }> {
    return this.ok("POST", "/v1/endpoints", { url, ...fields });
  }

  /** Sends a payload as the bytes it is; the message's id. */
  async send(
    endpoint: string,
    payload = '{"event":"order.created"}',
    more: Record<string, unknown> = {},
  ): Promise<string> {
    const rest = Object.entries(more).map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`);
    const body = `{"endpoint_id":${JSON.stringify(endpoint)},"payload":${payload}${rest.join("")}}`;
    return (await this.ok("POST", "/v1/webhooks/send", body)).message_id;
  }

  /** Sends the same payload many times, over a few connections whose requests do not wait for one another's answers. */
  async sendMany(endpoint: string, count: number, connections = 8): Promise<void> {
    const { hostname, port } = new URL(this.url);
    const body = JSON.stringify({ endpoint_id: endpoint, payload: { event: "order.created" } });
    const request =
      `POST /v1/webhooks/send HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${KEY}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const some = (wanted: number) =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => socket.write(request.repeat(wanted)));
        let [answers, rest] = [0, ""];
        socket.setEncoding("latin1").on("data", (piece: string) => {
          const lines = (rest + piece).split("\r\n");
          rest = lines.pop() ?? "";
          for (const line of lines) {
            const status = /^(?:\{.*\})?HTTP\/1\.1 (\d+)/.exec(line)?.[1];
            if (status === "202") answers++;
            else if (status) reject(new Error(`a send was answered ${status}`));
          }
          if (answers === wanted) socket.end();
        });
        socket.on("error", reject);
        socket.on("close", () =>
          answers === wanted ? resolve() : reject(new Error(`${answers} of ${wanted} sends were answered`)),
        );
      });
    const each = Math.ceil(count / connections);
    const parts = Array.from({ length: connections }, (_, n) => Math.min(each, count - n * each));
    await Promise.all(parts.filter((part) => part > 0).map(some));
  }

  message(id: string) {
    return this.ok("GET", `/v1/messages/${id}`);
  }

  /** Waits until a message has come to a state. */
  reaches(id: string, status: string): Promise<boolean> {
    return until(async () => (await this.message(id)).status === status, `${id} is ${status}`);
  }
}
