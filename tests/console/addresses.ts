// Every page of the console, for the tests that go through all.

import type { Filled } from "./filled.ts";

export interface Address {
  name: string;
  /** Behind /console; what is in braces is replaced by ids of the file that is looked at. */
  path: string;
}

export const ADDRESSES: Address[] = [
  { name: "overview", path: "/" },
  { name: "endpoints", path: "/endpoints" },
  { name: "new endpoint", path: "/endpoints/new" },
  { name: "endpoint", path: "/endpoints/{ep}" },
  { name: "endpoint health", path: "/endpoints/{ep}?tab=health" },
  { name: "endpoint settings", path: "/endpoints/{ep}?tab=settings" },
  { name: "endpoint keys", path: "/endpoints/{ep}?tab=keys" },
  { name: "endpoint examples", path: "/endpoints/{ep}?tab=examples" },
  { name: "endpoint test", path: "/endpoints/{ep}?tab=test" },
  { name: "messages", path: "/messages" },
  { name: "messages filtered", path: "/messages?status=failed_permanent&endpoint={ep}" },
  { name: "message", path: "/messages/{message}" },
  { name: "message attempt", path: "/messages/{message}?attempt=1" },
  { name: "message compared", path: "/messages/{message}?attempt=2&with=1" },
  { name: "messages of a type", path: "/messages?type=order.created&tenant=Acme%20GmbH&order=customer-7" },
  { name: "message in an order", path: "/messages/{ordered}" },
  { name: "message scheduled", path: "/messages/{scheduled}" },
  { name: "endpoint subscription", path: "/endpoints/{subscribed}?tab=subscription" },
  { name: "endpoints of a tenant", path: "/endpoints?tenant=Acme%20GmbH" },
  { name: "events", path: "/events" },
  { name: "events filtered", path: "/events?type=order.created&tenant=Acme%20GmbH" },
  { name: "event", path: "/events/{event}" },
  { name: "event types", path: "/event-types" },
  { name: "event type", path: "/event-types/order.created" },
  { name: "dead", path: "/dead" },
  { name: "dead messages", path: "/dead?tab=messages" },
  { name: "dead cause", path: "/dead/HTTP%20503" },
  { name: "live", path: "/live" },
  { name: "examples", path: "/examples" },
  { name: "examples of an endpoint", path: "/examples?endpoint={ep}" },
  { name: "verify", path: "/verify?endpoint={ep}" },
  { name: "exports", path: "/exports" },
  { name: "new export", path: "/exports?new=1" },
  { name: "keys", path: "/keys" },
  { name: "activity", path: "/activity" },
  { name: "settings", path: "/settings" },
];

export const at = (address: Pick<Address, "path">, ids: Filled): string =>
  address.path.replace(/\{(\w+)\}/g, (_, name: keyof Filled) => ids[name]);
