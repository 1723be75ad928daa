// A filter in words, and the fields in which a subscription is changed.
import type { ApiError, Endpoint, Schemas } from "../../api.ts";
import { entriesOf, fields, isWritten, laidOut, valueAt } from "../../written.ts";

const WORDS: Record<string, (value: string) => string> = {
  equals: (value) => `is ${value}`,
  in: (value) =>
    `is one of ${
      entriesOf(value)
        .map(([, one]) => one)
        .join(", ") || "nothing"
    }`,
  exists: (value) => (value === "false" ? "is not there" : "is there"),
  starts_with: (value) => `begins with ${value}`,
  greater: (value) => `is greater than ${value}`,
  less: (value) => `is less than ${value}`,
};

export interface ConditionWords {
  pointer: string;
  words: string;
}

/** Each condition of a filter, from its JSON as it is written. */
export function conditionsOf(filter: string): ConditionWords[] {
  return entriesOf(filter).map(([, condition]) => {
    const members = entriesOf(condition);
    const pointer = members.find(([name]) => name === "pointer")?.[1] ?? '""';
    const words = members
      .filter(([name]) => name !== "pointer")
      .map(([name, value]) => WORDS[name]?.(value) ?? `${name} ${value}`);
    return { pointer: String(JSON.parse(pointer)), words: words.join(" and ") };
  });
}

export interface SubscriptionDraft {
  tenant: string;
  /** One pattern a line. */
  patterns: string;
  /** JSON as it is written; empty is none. */
  filter: string;
  onFailure: Schemas["OnFailure"];
}

/** From the endpoint, and its filter as it is written. */
export const subscriptionOf = (endpoint: Endpoint | null, filter: string | null): SubscriptionDraft => ({
  tenant: endpoint?.tenant ?? "",
  patterns: (endpoint?.event_types ?? []).join("\n"),
  filter: filter ? laidOut(filter) : "",
  onFailure: endpoint?.on_failure ?? "continue",
});

const patternsOf = (text: string) =>
  text
    .split(/[\n,]/)
    .map((one) => one.trim())
    .filter(Boolean);

export const isFilterWritten = (draft: SubscriptionDraft): boolean => !draft.filter.trim() || isWritten(draft.filter);

/** The draft as the API has it: each field as JSON. */
export const writtenOf = (draft: SubscriptionDraft): Record<string, string> => ({
  tenant: JSON.stringify(draft.tenant.trim()),
  event_types: JSON.stringify(patternsOf(draft.patterns)),
  filter: draft.filter.trim() || "[]",
  on_failure: JSON.stringify(draft.onFailure),
});

export const bodyOf = (draft: SubscriptionDraft): string => fields(writtenOf(draft));

/** The endpoint's filter out of the text of an answer. */
export const filterIn = (text: string): string | null => valueAt(text, "data", "filter");

/** Which field a refusal belongs to. */
export function subscriptionField(error: ApiError | undefined): "tenant" | "event_types" | "filter" | null {
  if (error?.code !== "INVALID_REQUEST") return null;
  return (["tenant", "event_types", "filter"] as const).find((name) => error.message.includes(`\`${name}`)) ?? null;
}
