// What the check of a signature can find, and what to do about each.

import type { Schemas } from "../../api.ts";

export type Cause = Schemas["VerificationCause"];

export interface Finding {
  title: string;
  mend: string;
}

export const FINDINGS: Record<Cause, Finding> = {
  valid: {
    title: "Valid",
    mend: "Nothing is to be done. Compare in constant time, and refuse timestamps that are too far from your clock.",
  },
  clock_off: {
    title: "The clock is off",
    mend: "Set the receiver's clock by NTP. If this delivery is simply an old one, nothing is wrong: each retry is signed with the moment of its own attempt.",
  },
  header_missing: {
    title: "A header is missing",
    mend: "Hand over the signature with its id and timestamp. Proxies and frameworks drop headers or rename them: look for what stands before the receiver.",
  },
  header_malformed: {
    title: "A header is malformed",
    mend: "Hand over the header's value as it came, without quotes and without its name.",
  },
  payload_written_again: {
    title: "The body was parsed and written again",
    mend: "Verify the raw bytes before anything parses them. Writing JSON again changes spaces, the order of keys and the digits of numbers.",
  },
  payload_space: {
    title: "The body has other space at its ends",
    mend: "Take the bytes as they came. An editor, echo or a template added a newline, or trim() took one away.",
  },
  payload_changed: {
    title: "The body is another one",
    mend: "See that headers and body belong to the same delivery, and that nothing on the way changes bodies: proxies that recode or decompress do.",
  },
  other_endpoint: {
    title: "The key of another endpoint",
    mend: "Use the signing secret of the endpoint that this was sent to. One receiver behind several endpoints needs the secret of each.",
  },
  unknown_key: {
    title: "An unknown key",
    mend: "No key that is known here made this signature. The secret may be an old one that was deleted, or it comes from another outbox.",
  },
  values_not_split: {
    title: "Two values were not split",
    mend: "During a rotation the header has a value for each of two keys. Split webhook-signature at spaces, X-Webhook-Signature at commas, and take any that fits.",
  },
  secret_cut: {
    title: "The secret was cut at whsec_",
    mend: "For X-Webhook-Signature the key is the whole secret as it was issued, with whsec_.",
  },
  secret_decoded: {
    title: "The secret was decoded where it is not to be",
    mend: "For X-Webhook-Signature the key is the secret's text. Only webhook-signature takes what it decodes to.",
  },
  secret_not_decoded: {
    title: "The secret was not decoded from base64",
    mend: "For webhook-signature the key is what the part behind whsec_ decodes to as base64: 24 bytes.",
  },
  encoding_wrong: {
    title: "The right value in another encoding",
    mend: "X-Webhook-Signature is lowercase hexadecimal behind sha256=, webhook-signature is base64 behind v1, and a comma.",
  },
  signed_wrong: {
    title: "Something else was signed",
    mend: "X-Webhook-Signature signs timestamp.body, webhook-signature signs id.timestamp.body, each with the header's own text.",
  },
};

export const SCHEMES: Record<Schemas["SignatureScheme"], string> = {
  webhook: "X-Webhook-Signature",
  standard: "webhook-signature (Standard Webhooks)",
};
