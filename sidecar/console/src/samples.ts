// The tested samples with one's own endpoint, server and key in the places of the guide's placeholders.

import { type Sample, samples, verifies } from "samples:built";

export { type Sample, samples, verifies };

export interface Filling {
  key: string | null;
  endpointId: string | null;
  baseUrl: string;
  /** So that each copy makes a message of its own; the guide's where none is given. */
  idempotencyKey?: string | null;
}

/** What a text between quotes can hold in every language and in a shell. */
export const isPlain = (text: string): boolean => /^[\w.:/@+-]+$/.test(text);

export function fill(sample: Sample, { key, endpointId, baseUrl, idempotencyKey }: Filling): string {
  let text = sample.text.replace("YOUR_BASE_URL", () => baseUrl);
  text = text.replace("YOUR_INSECURE", () => (needsInsecure(baseUrl) ? sample.insecure : ""));
  if (endpointId) text = text.replace("YOUR_ENDPOINT_ID", () => endpointId);
  if (key && isPlain(key)) text = text.replace("YOUR_API_KEY", () => key);
  if (idempotencyKey) text = text.replace("order-123-created-v1", () => idempotencyKey);
  return text;
}

/** Clients send a key over plain http to this machine only, unless they are told otherwise. */
function needsInsecure(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === "http:" && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
