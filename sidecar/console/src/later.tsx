// Stands for the pages of the second file until it is there.

import { hash, shared } from "more:shared";
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError } from "./api.ts";
import type { BulkRequest } from "./bulk/calls.ts";
import { Failure, Skeleton } from "./ui/states.tsx";

type More = typeof import("./more.ts");

const loaded = signal<More | null>(null);
const failed = signal(false);
let asked = 0;

/** Beside this file, wherever that is. */
const here = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.href;

async function load(): Promise<void> {
  if (loaded.peek()) return;
  failed.value = false;
  Object.assign(globalThis, { hookbridge: shared });
  const address = new URL("more.js", here);
  address.searchParams.set("v", hash);
  // A module that did not come is not asked for again under the same address.
  if (asked++ > 0) address.searchParams.set("again", String(asked));
  try {
    loaded.value = (await import(address.href)) as More;
  } catch {
    failed.value = true;
  }
}

type PageName = Exclude<keyof More, "openBulk" | "BulkHost">;

function later(name: PageName): ComponentType<object> {
  return function Later(props: object) {
    useEffect(() => void load(), []);
    if (failed.value) {
      const error = new ApiError(0, "NETWORK_ERROR", "This part of the page could not be loaded.");
      return <Failure error={error} retry={() => void load()} />;
    }
    const Page = loaded.value?.[name] as ComponentType<object> | undefined;
    return Page ? <Page {...props} /> : <Skeleton />;
  };
}

export const Activity = later("Activity");
export const Dead = later("Dead");
export const Endpoint = later("Endpoint");
export const Event = later("Event");
export const Events = later("Events");
export const EventType = later("EventType");
export const EventTypes = later("EventTypes");
export const Examples = later("Examples");
export const Exports = later("Exports");
export const Keys = later("Keys");
export const Live = later("Live");
export const Message = later("Message");
export const NewEndpoint = later("NewEndpoint");
export const Settings = later("Settings");
export const Verify = later("Verify");

/** Begins an action on many messages. */
export async function openBulk(request: BulkRequest): Promise<void> {
  await load();
  loaded.value?.openBulk(request);
}

/** Where such an action shows itself. */
export const BulkHost = () => {
  const Host = loaded.value?.BulkHost;
  return Host ? <Host /> : null;
};
