// The console's way to the server: the public API, mounted below /console/api.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./openapi.d.ts";

export type Schemas = components["schemas"];
export type Message = Schemas["Message"];
export type LogItem = Schemas["MessageSummary"];
export type Attempt = Schemas["AttemptRecord"];
export type Endpoint = Schemas["Endpoint"];
export type EndpointItem = Schemas["EndpointSummary"];
export type Health = Schemas["EndpointHealth"];
export type Status = Schemas["MessageStatus"];

/** What stands before `/console` where the server is reached below a path. */
export const base = document.documentElement.dataset.base ?? "";
export const root = `${base}/console`;
const apiRoot = `${root}/api`;

const PROOF = `hookbridge.proof:${root}`;

/** The half of a session that only this origin's script has; the other half is a cookie. */
export const proof = {
  get: () => localStorage.getItem(PROOF),
  set: (value: string) => localStorage.setItem(PROOF, value),
  drop: () => localStorage.removeItem(PROOF),
};

export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    /** The HTTP status; 0 where no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null = null,
    /** Seconds that the server asks to wait. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

const signed: Middleware = {
  onRequest({ request }) {
    request.headers.set("x-hookbridge-proof", proof.get() ?? "");
    return request;
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return new ApiError(0, "NETWORK_ERROR", "The sidecar does not answer.");
  },
};

export const api = createClient<paths>({
  baseUrl: apiRoot,
  credentials: "same-origin",
  cache: "no-store",
  // Lists of words have commas between in the API, not the name repeated.
  querySerializer: { array: { style: "form", explode: false } },
});
api.use(signed);

interface Answer<B> {
  data?: B;
  error?: unknown;
  response: Response;
}

function refusal(error: unknown, response: Response): ApiError {
  const envelope = error as { error?: { code?: string; message?: string }; meta?: { request_id?: string } } | undefined;
  const wait = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  return new ApiError(
    response.status,
    envelope?.error?.code ?? `HTTP_${response.status}`,
    envelope?.error?.message ?? `The server answered ${response.status}.`,
    envelope?.meta?.request_id ?? response.headers.get("x-request-id"),
    Number.isFinite(wait) ? wait : null,
  );
}

/** The `data` of an answer; throws ApiError for a refusal. */
export function ok<D>(answer: Answer<{ data: D }>): D {
  if (answer.data === undefined) throw refusal(answer.error, answer.response);
  return answer.data.data;
}

/** The text of an answer, where numbers have to keep their digits. */
export function okText(answer: { data?: string; error?: unknown; response: Response }): string {
  if (answer.data === undefined) throw refusal(answer.error, answer.response);
  return answer.data;
}

/** For answers without a body. */
export function done(answer: Answer<unknown>): void {
  if (!answer.response.ok) throw refusal(answer.error, answer.response);
}

export interface PageOf<T> {
  items: T[];
  nextCursor: string | null;
  /** How far back a page that found little has looked; null where it is full or at the end. */
  searchedTo: string | null;
}

interface ListMeta {
  has_more?: boolean;
  next_cursor?: string | null;
  searched_to?: string | null;
}

export function pageOf<T>(answer: Answer<{ data: T[]; meta: unknown }>): PageOf<T> {
  const items = ok(answer);
  const meta = (answer.data?.meta ?? {}) as ListMeta;
  return {
    items,
    nextCursor: meta.has_more === false ? null : (meta.next_cursor ?? null),
    searchedTo: meta.searched_to ?? null,
  };
}

async function request(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("x-hookbridge-proof", proof.get() ?? "");
  const response = await fetch(apiRoot + path, {
    ...init,
    headers,
    credentials: "same-origin",
    cache: "no-store",
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "NETWORK_ERROR", "The sidecar does not answer.");
  });
  if (!response.ok) throw refusal(await response.json().catch(() => undefined), response);
  return response;
}

/** A call that the public API does not have: the console's own session and what belongs to it. */
export async function call<D>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<D> {
  const response = await request(path, {
    method,
    signal: signal ?? null,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (response.status === 204) return undefined as D;
  return ((await response.json()) as { data: D }).data;
}

/** As `call`, with a body whose bytes are written already. */
export async function callWritten<D>(method: string, path: string, body: string): Promise<D> {
  const response = await request(path, { method, headers: { "content-type": "application/json" }, body });
  return ((await response.json()) as { data: D }).data;
}

/** A list that the public API does not have. */
export async function callPage<T>(path: string, signal?: AbortSignal): Promise<PageOf<T>> {
  const response = await request(path, { signal: signal ?? null });
  return pageOf<T>({ data: (await response.json()) as { data: T[]; meta: unknown }, response });
}

/** An answer that is read piece by piece, or as the bytes it is. */
export const open = (path: string, signal?: AbortSignal) => request(path, { signal: signal ?? null });

export async function bytes(path: string, signal?: AbortSignal): Promise<{ bytes: Uint8Array; headers: Headers }> {
  const response = await open(path, signal);
  return { bytes: new Uint8Array(await response.arrayBuffer()), headers: response.headers };
}
