// Who changed what, newest first.

import { param } from "../address.ts";
import { callPage } from "../api.ts";
import { visible } from "../payload/visible.tsx";
import { useRead } from "../query.ts";
import { pageSize, refreshSeconds } from "../settings.ts";
import { Id } from "../ui/Id.tsx";
import { type Column, List } from "../ui/List.tsx";
import { Page } from "../ui/Page.tsx";
import { Empty } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";
import { count } from "../words.ts";

interface Deed {
  activity_id: string;
  occurred_at: string;
  operation: string;
  api_key_id: string | null;
  api_key_label: string | null;
  api_key_prefix: string | null;
  endpoint_id: string | null;
  message_id: string | null;
  affected: number | null;
  detail: string | null;
}

const DEEDS: Record<string, string> = {
  "endpoints.create": "made an endpoint",
  "endpoints.update": "changed an endpoint",
  "endpoints.delete": "deleted an endpoint",
  "endpoints.pause": "paused an endpoint",
  "endpoints.resume": "resumed an endpoint",
  "endpoints.test": "made a test delivery",
  "endpoints.reveal": "looked at an endpoint's headers",
  "signing_keys.create": "added a signing key",
  "signing_keys.delete": "deleted a signing key",
  "messages.replay": "replayed a message",
  "messages.cancel": "cancelled a message",
  "messages.retry_now": "had a message retried now",
  "messages.delete": "deleted a message",
  "messages.replay_all": "replayed the messages of a filter",
  "messages.replay_batch": "replayed messages",
  "messages.cancel_all": "cancelled the retries of a filter",
  "messages.delete_all": "deleted the messages of a filter",
  "messages.delete_batch": "deleted messages",
  "messages.reschedule": "moved a scheduled message",
  "events.send": "sent an event",
  "events.replay": "replayed events that an endpoint had missed",
  "event_types.create": "added an event type",
  "event_types.update": "changed an event type",
  "event_types.delete": "deleted an event type",
  "dead_letters.replay": "replayed a dead letter",
  "api_keys.create": "made an API key",
  "api_keys.delete": "deleted an API key",
  "exports.create": "made an export",
  "exports.delete": "deleted an export",
  "console.sign_in": "signed in to the console",
  "console.sign_out": "signed out of the console",
  "console.sign_out_everywhere": "ended every session of the console",
};

export function Activity() {
  const cursor = param("cursor");
  const query = new URLSearchParams({ limit: pageSize.value, ...(cursor ? { cursor } : {}) });
  const read = useRead(`activity/${query}`, (signal) => callPage<Deed>(`/v1/activity?${query}`, signal), {
    refresh: refreshSeconds(),
    keep: true,
  });
  const columns: Column<Deed>[] = [
    { head: "When", class: "tight", cell: (deed) => <Time at={deed.occurred_at} /> },
    { head: "Who", cell: (deed) => <Who deed={deed} /> },
    {
      head: "What",
      class: "wide",
      cell: (deed) => (
        <>
          {DEEDS[deed.operation] ?? <code>{deed.operation}</code>}
          {deed.detail && <div class="fine">{visible(inWords(deed.detail))}</div>}
        </>
      ),
    },
    { head: "Of", class: "tight", cell: (deed) => <Of deed={deed} /> },
    {
      head: "How many",
      class: "num",
      cell: (deed) => (deed.affected === null ? <span class="nothing">–</span> : count(deed.affected)),
    },
  ];
  return (
    <Page
      title="Activity"
      lead="Who paused, replayed, deleted, or made a key: everything that changed something but a send."
    >
      <List
        read={read}
        columns={columns}
        rowKey={(deed) => deed.activity_id}
        caption="Activity"
        empty={
          <Empty title="Nothing was changed yet" icon="activity">
            <p>
              What is done with an API key or in this page stands here: by whom, when, and how many messages it touched.
            </p>
          </Empty>
        }
      />
    </Page>
  );
}

/** The operation's own fields, as the server keeps them: an object of texts, numbers and lists. */
function inWords(detail: string): string {
  try {
    const fields = Object.entries(JSON.parse(detail) as Record<string, unknown>);
    const shown = fields.filter(([name, value]) => name !== "limit" && value !== null && value !== "");
    return shown
      .map(
        ([name, value]) => `${name.replaceAll("_", " ")}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
      )
      .join(" · ");
  } catch {
    return detail;
  }
}

function Who({ deed }: { deed: Deed }) {
  if (!deed.api_key_id) return <span class="nothing">the machine itself</span>;
  return (
    <>
      {deed.api_key_label ? visible(deed.api_key_label) : <span class="nothing">no label</span>}{" "}
      {deed.api_key_prefix && <code class="fine">{deed.api_key_prefix}…</code>}
    </>
  );
}

function Of({ deed }: { deed: Deed }) {
  if (deed.message_id) return <Id kind="message" id={deed.message_id} short />;
  if (deed.endpoint_id) return <Id kind="endpoint" id={deed.endpoint_id} short />;
  return <span class="nothing">–</span>;
}
