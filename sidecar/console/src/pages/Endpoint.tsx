import { api, ok } from "../api.ts";
import { shortUrl, troubleOf } from "../endpoints.ts";
import { useAction, useRead } from "../query.ts";
import { mayWrite } from "../session.ts";
import { refreshSeconds } from "../settings.ts";
import { A } from "../ui/A.tsx";
import { Copy } from "../ui/Copy.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Page } from "../ui/Page.tsx";
import { Badge } from "../ui/StatusBadge.tsx";
import { Empty, Failure, Loaded } from "../ui/states.tsx";
import { chosenTab, TabPanel, Tabs } from "../ui/Tabs.tsx";
import { setPaused } from "./Endpoints.tsx";
import { ExamplesFor } from "./Examples.tsx";
import { HealthTab } from "./endpoint/HealthTab.tsx";
import { KeysTab } from "./endpoint/KeysTab.tsx";
import { SettingsTab } from "./endpoint/SettingsTab.tsx";
import { SubscriptionTab } from "./endpoint/SubscriptionTab.tsx";
import { TestTab } from "./endpoint/TestTab.tsx";
import { MessageList } from "./message/MessageList.tsx";

const tabs = [
  { id: "messages", title: "Messages" },
  { id: "health", title: "Health" },
  { id: "subscription", title: "Subscription" },
  { id: "settings", title: "Settings" },
  { id: "keys", title: "Signing keys" },
  { id: "examples", title: "Examples" },
  { id: "test", title: "Test" },
];

export function Endpoint({ id }: { id: string }) {
  const path = { endpoint_id: id };
  const endpoint = useRead(
    `endpoint/${id}`,
    async (signal) => ok(await api.GET("/v1/endpoints/{endpoint_id}", { params: { path }, signal })),
    {
      refresh: refreshSeconds() && 15,
    },
  );
  const health = useRead(
    `endpoint/${id}/health`,
    async (signal) => ok(await api.GET("/v1/endpoints/health", { params: { query: { endpoint_id: id } }, signal }))[0],
    // The breaker is shown within two seconds of its change.
    { refresh: refreshSeconds() && 2 },
  );
  const pause = useAction(() => setPaused(id, !endpoint.data?.paused));
  const tab = chosenTab(tabs);
  const above = <A to="/endpoints">Endpoints</A>;

  if (endpoint.error?.code === "ENDPOINT_NOT_FOUND") {
    return (
      <Page title="No such endpoint" above={above}>
        <Empty title="This outbox has no endpoint with this id" icon="endpoint">
          <p>
            <code>{id}</code>
          </p>
          <p>It may have been deleted, or the id is not whole.</p>
          <A to="/endpoints" class="button">
            All endpoints
          </A>
        </Empty>
      </Page>
    );
  }
  const one = endpoint.data;
  const trouble = health.data && troubleOf(health.data);
  return (
    <Page
      title={one ? one.description || shortUrl(one.url) : "Endpoint"}
      above={above}
      actions={
        one && (
          <>
            <button type="button" disabled={pause.busy || !mayWrite()} onClick={() => void pause.run()}>
              <Icon name={one.paused ? "play" : "pause"} /> {one.paused ? "Resume" : "Pause"}
            </button>
            <A to={`/endpoints/${id}?tab=test`} class="button">
              <Icon name="send" /> Test
            </A>
          </>
        )
      }
    >
      <div class="identity">
        <span class="ep">
          <code>{id}</code>
          <Copy text={id} label="endpoint id" words="Copy id" kind="primary" />
        </span>
        {one && (
          <span class="row">
            <span class="url">{one.url}</span>
            <Copy text={one.url} label="URL" />
            {trouble && (
              <Badge tone={trouble.tone} icon={trouble.icon}>
                {trouble.words}
              </Badge>
            )}
          </span>
        )}
      </div>
      {pause.error && <Failure error={pause.error} />}
      <Tabs tabs={tabs} label="Parts of the endpoint" />
      <TabPanel tab={tab}>
        <Loaded read={endpoint}>
          {(data) =>
            tab === "messages" ? (
              <MessageList endpointId={id} />
            ) : tab === "health" ? (
              <Loaded read={health}>{(known) => (known ? <HealthTab health={known} /> : null)}</Loaded>
            ) : tab === "subscription" ? (
              <SubscriptionTab endpoint={data} />
            ) : tab === "settings" ? (
              <SettingsTab endpoint={data} />
            ) : tab === "keys" ? (
              <KeysTab endpoint={data} />
            ) : tab === "examples" ? (
              <ExamplesFor endpointId={id} url={data.url} />
            ) : (
              <TestTab endpoint={data} />
            )
          }
        </Loaded>
      </TabPanel>
    </Page>
  );
}
