// Who is signed in. The key itself is forgotten as soon as the server has answered.
import { computed, signal } from "@preact/signals";
import { ApiError, call, proof, type Schemas } from "./api.ts";
import { readAllAgain } from "./query.ts";

export interface Session {
  api_key: Schemas["APIKeyInfo"] | null;
  scope: Schemas["APIKeyScope"];
  read_only: boolean;
  payloads: boolean;
  redact: string[];
  public_url: string | null;
  encrypted: boolean;
  loopback: boolean;
  version: string;
  expires_at: string;
}

export const session = signal<Session | null>(null);
/** Whether the sign-in stands over the page. */
export const signedOut = signal(false);

/** Whether what changes something is offered. The server refuses it in any case. */
export const mayWrite = () => session.value?.scope === "full" && !session.value.read_only;
export const maySend = computed(
  () => session.value !== null && session.value.scope !== "read" && !session.value.read_only,
);

export async function readSession(): Promise<void> {
  try {
    session.value = await call<Session>("GET", "/session");
    signedOut.value = false;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) signedOut.value = true;
    else throw error;
  }
}

export async function signIn(by: { key: string } | { code: string }): Promise<void> {
  const made = await call<{ proof: string }>("POST", "/session", by);
  proof.set(made.proof);
  await readSession();
  readAllAgain();
}

async function end(path: string) {
  await call("DELETE", path).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
  });
  proof.drop();
  session.value = null;
  signedOut.value = true;
}

export const signOut = () => end("/session");
export const signOutEverywhere = () => end("/sessions");

/** A code in the fragment signs in once; it leaves the address before anything else happens. */
export async function startSession(): Promise<void> {
  const code = /^#login=(.+)$/.exec(location.hash)?.[1];
  if (code) {
    history.replaceState(history.state, "", location.pathname + location.search);
    try {
      await signIn({ code });
      return;
    } catch {
      // A code that is used up or too old: an older session may still be good.
    }
  }
  for (let wait = 500; ; wait = Math.min(wait * 2, 4000)) {
    try {
      return await readSession();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
