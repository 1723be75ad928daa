// Reading: one request for all who ask the same, old rows while new ones come, and going on by itself after trouble.
import { signal } from "@preact/signals";
import { useCallback, useEffect, useReducer, useRef, useState } from "preact/hooks";
import { cameBack } from "./address.ts";
import { ApiError } from "./api.ts";
import { signedOut } from "./session.ts";

export interface Read<T> {
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  /** When `data` was read, where a later read failed. */
  staleSince: number | undefined;
  readAt: number | undefined;
  reload: () => void;
}

interface Entry {
  data?: unknown;
  error?: ApiError | undefined;
  readAt?: number;
  controller?: AbortController | undefined;
  timer?: number;
  failures: number;
  read: (signal: AbortSignal) => Promise<unknown>;
  refresh: number;
  users: Set<() => void>;
}

/** Answers that are kept for Back, the least used first. */
const MOST = 80;
const entries = new Map<string, Entry>();

/** Whether the last request reached the server. */
export const connected = signal(true);
/** Until when the server asked to be left alone, in ms. */
export const waitingUntil = signal(0);

const tell = (entry: Entry) => {
  for (const user of entry.users) user();
};

function asError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, "CONSOLE_ERROR", error instanceof Error ? error.message : String(error));
}

function later(key: string, entry: Entry, seconds: number) {
  clearTimeout(entry.timer);
  if (!entry.users.size || !seconds) return;
  entry.timer = setTimeout(() => {
    if (document.hidden) later(key, entry, Math.max(seconds, 1));
    else start(key, entry);
  }, seconds * 1000);
}

async function start(key: string, entry: Entry) {
  entry.controller?.abort();
  clearTimeout(entry.timer);
  const controller = new AbortController();
  entry.controller = controller;
  tell(entry);
  let next = entry.refresh;
  try {
    const data = await entry.read(controller.signal);
    if (controller.signal.aborted) return;
    entry.data = data;
    entry.readAt = Date.now();
    entry.error = undefined;
    entry.failures = 0;
    connected.value = true;
  } catch (thrown) {
    if (controller.signal.aborted) return;
    const error = asError(thrown);
    entry.error = error;
    entry.failures++;
    if (error.status === 401) {
      signedOut.value = true;
      next = 0;
    } else if (error.status === 429) {
      next = error.retryAfter ?? 2;
      waitingUntil.value = Date.now() + next * 1000;
    } else if (error.code === "NETWORK_ERROR" || error.status >= 502) {
      connected.value = false;
      next = Math.min(2 ** (entry.failures - 1), 5);
    }
    if (error.status > 0 && error.status < 502) connected.value = true;
  }
  entry.controller = undefined;
  tell(entry);
  later(key, entry, next);
}

function entryOf(key: string): Entry {
  let entry = entries.get(key);
  if (entry) entries.delete(key);
  else entry = { failures: 0, read: async () => undefined, refresh: 0, users: new Set() };
  entries.set(key, entry);
  for (const [old, { users }] of entries) {
    if (entries.size <= MOST) break;
    if (!users.size) entries.delete(old);
  }
  return entry;
}

/** Reads anew all that is shown and whose key begins so, and forgets the rest of it. */
export function invalidate(prefix: string) {
  for (const [key, entry] of entries) {
    if (!key.startsWith(prefix)) continue;
    if (entry.users.size) start(key, entry);
    else entries.delete(key);
  }
}

export const readAllAgain = () => invalidate("");

/** What is kept of a read that may no longer be shown. */
export const peek = <T>(key: string) => entries.get(key)?.data as T | undefined;

export function useRead<T>(
  key: string | null,
  read: (signal: AbortSignal) => Promise<T>,
  {
    refresh = 0,
    keep = false,
  }: { refresh?: number /** After Back the rows stay as they were left. */; keep?: boolean } = {},
): Read<T> {
  const [, shown] = useReducer((n: number) => n + 1, 0);
  const latest = useRef(read);
  latest.current = read;

  useEffect(() => {
    if (key === null) return;
    const entry = entryOf(key);
    entry.read = (signal) => latest.current(signal);
    entry.refresh = refresh;
    const user = () => shown(undefined);
    entry.users.add(user);
    const fresh = entry.readAt !== undefined && Date.now() - entry.readAt < 500;
    if (entry.readAt !== undefined && keep && cameBack.peek()) later(key, entry, refresh);
    else if (!entry.controller && !fresh) start(key, entry);
    else later(key, entry, refresh);
    shown(undefined);
    return () => {
      entry.users.delete(user);
      if (entry.users.size) return;
      clearTimeout(entry.timer);
      entry.controller?.abort();
      entry.controller = undefined;
    };
  }, [key, refresh, keep]);

  const reload = useCallback(() => {
    const entry = key === null ? undefined : entries.get(key);
    if (key !== null && entry) start(key, entry);
  }, [key]);

  const entry = key === null ? undefined : entries.get(key);
  return {
    data: entry?.data as T | undefined,
    error: entry?.error,
    loading: key !== null && (entry === undefined || entry.controller !== undefined),
    staleSince: entry?.error ? entry.readAt : undefined,
    readAt: entry?.readAt,
    reload,
  };
}

/** For buttons: runs once at a time and keeps what went wrong. */
export function useAction<A extends unknown[], R>(act: (...args: A) => Promise<R>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const running = useRef(false);
  const latest = useRef(act);
  latest.current = act;
  const run = useCallback(async (...args: A): Promise<R | undefined> => {
    if (running.current) return undefined;
    running.current = true;
    setBusy(true);
    setError(undefined);
    try {
      return await latest.current(...args);
    } catch (thrown) {
      const failed = asError(thrown);
      if (failed.status === 401) signedOut.value = true;
      setError(failed);
      return undefined;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  return { run, busy, error, clear: () => setError(undefined) };
}

addEventListener("online", readAllAgain);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const [key, entry] of entries) {
    if (entry.users.size && entry.refresh && Date.now() - (entry.readAt ?? 0) > entry.refresh * 1000) start(key, entry);
  }
});
