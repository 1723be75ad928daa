// A receiver that answers as the path of an endpoint says, and keeps what has come.

import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";

export interface Delivery {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Answers that strangers might give. */
export const HOSTILE: Record<string, { status: number; headers: Record<string, string>; body: string | Buffer }> = {
  script: {
    status: 400,
    headers: { "content-type": "text/html", "x-note": '"><img src=x onerror=alert(1)>' },
    body: '<script>document.title="taken"</script><img src="http://evil.invalid/x.png"><iframe src="javascript:alert(1)">',
  },
  direction: {
    status: 422,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: "safe\u202egpj.exe\u2066\u200b\ufeff end",
  },
  long: { status: 409, headers: { "content-type": "text/plain" }, body: "W".repeat(64 * 1024) },
  broken: {
    status: 404,
    headers: { "content-type": "text/plain" },
    body: Buffer.from([0x66, 0xfc, 0x00, 0x07, 0xff, 0xfe, 0xc0, 0x80]),
  },
  deep: {
    status: 413,
    headers: { "content-type": "application/json" },
    body: `${"[".repeat(10_000)}1${"]".repeat(10_000)}`,
  },
  numbers: {
    status: 400,
    headers: { "content-type": "application/json" },
    body: '{"id":1970670598291982290,"x":1.10}',
  },
};

export class Receiver {
  readonly deliveries: Delivery[] = [];
  /** Status by path, set by a test while it runs. */
  readonly statuses = new Map<string, number>();
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static start(): Promise<Receiver> {
    return new Promise((resolve) => {
      const server = createServer((request, response) => {
        const pieces: Buffer[] = [];
        request.on("data", (piece) => pieces.push(piece));
        request.on("end", () => {
          receiver.deliveries.push({ path: request.url ?? "/", headers: request.headers, body: Buffer.concat(pieces) });
          receiver.answer(request.url ?? "/", response);
        });
      });
      let receiver: Receiver;
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as { port: number };
        receiver = new Receiver(server, `http://127.0.0.1:${port}`);
        resolve(receiver);
      });
    });
  }

  /** `/ok`, `/status/503`, `/hostile/script`, `/hang`, `/reset`, `/slow/800`. */
  private answer(path: string, response: ServerResponse): void {
    const [, kind, argument = ""] = path.split("/");
    const told = this.statuses.get(path);
    const hostile = HOSTILE[argument];
    if (told !== undefined) response.writeHead(told, { "content-type": "application/json" }).end(`{"status":${told}}`);
    else if (kind === "status")
      response.writeHead(Number(argument), { "content-type": "application/json" }).end('{"ok":false}');
    else if (kind === "hostile" && hostile) response.writeHead(hostile.status, hostile.headers).end(hostile.body);
    else if (kind === "retry-after") response.writeHead(503, { "retry-after": argument }).end();
    else if (kind === "reset") response.socket?.destroy();
    else if (kind === "slow") setTimeout(() => response.writeHead(200).end("{}"), Number(argument));
    else if (kind !== "hang") response.writeHead(200, { "content-type": "application/json" }).end('{"received":true}');
  }

  at(path: string): Delivery[] {
    return this.deliveries.filter((one) => one.path === path);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
