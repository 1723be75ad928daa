import { param, patchQuery } from "../address.ts";
import { api, type Health, ok } from "../api.ts";
import { Spark } from "../charts/Spark.tsx";
import { readHealth, shortUrl, troubleOf, useEndpoints } from "../endpoints.ts";
import { visible, visibleText } from "../payload/visible.tsx";
import { invalidate, useAction, useRead } from "../query.ts";
import { mayWrite } from "../session.ts";
import { refreshSeconds } from "../settings.ts";
import { A } from "../ui/A.tsx";
import { announce } from "../ui/announce.tsx";
import { Combobox } from "../ui/Combobox.tsx";
import { Copy } from "../ui/Copy.tsx";
import { EndpointName } from "../ui/EndpointName.tsx";
import { Icon } from "../ui/Icon.tsx";
import { type Column, List } from "../ui/List.tsx";
import { Page } from "../ui/Page.tsx";
import { Badge } from "../ui/StatusBadge.tsx";
import { Empty, Failure } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";
import { count } from "../words.ts";

export async function setPaused(id: string, paused: boolean): Promise<string> {
  const path = { params: { path: { endpoint_id: id } } };
  const state = ok(
    paused
      ? await api.POST("/v1/endpoints/{endpoint_id}/pause", path)
      : await api.POST("/v1/endpoints/{endpoint_id}/resume", path),
  );
  invalidate("endpoint");
  const words = paused ? "Paused" : `Resumed; ${count(state.messages_requeued ?? 0)} had come due`;
  announce(words);
  return words;
}

function PauseButton({ one, busy, onPress }: { one: Health; busy: boolean; onPress: () => void }) {
  const words = one.paused ? "Resume" : "Pause";
  return (
    <button
      type="button"
      class="bare"
      title={`${words} deliveries`}
      aria-label={`${words} ${shortUrl(one.url)}`}
      disabled={busy || !mayWrite()}
      onClick={onPress}
    >
      <Icon name={one.paused ? "play" : "pause"} />
    </button>
  );
}

function State({ one }: { one: Health }) {
  const trouble = troubleOf(one);
  if (trouble) {
    return (
      <Badge tone={trouble.tone} icon={trouble.icon}>
        {trouble.words}
      </Badge>
    );
  }
  if (one.standing === "answering")
    return (
      <Badge tone="good" icon="check">
        Answering
      </Badge>
    );
  return <Badge tone="plain">{one.standing === "untried" ? "Not tried yet" : "Active"}</Badge>;
}

export function Endpoints() {
  const words = (param("q") ?? "").toLowerCase();
  const state = param("state");
  const cursor = param("cursor");
  const endpoints = useEndpoints();
  const pause = useAction((one: Health) => setPaused(one.endpoint_id, !one.paused));
  const tenant = param("tenant");
  const tenants = new Map(endpoints.data?.map((one) => [one.id, one.tenant]));
  const anyTenant = [...tenants.values()].some(Boolean);
  const described = new Map(endpoints.data?.map((one) => [one.id, one.description ?? ""]));
  const filtered = Boolean(words || state || tenant);
  // A filter looks at all endpoints, since the server has none.
  const read = useRead(
    `endpoints/health?${filtered ? "all" : (cursor ?? "")}`,
    (signal) => (filtered ? readHealth(signal, null, 20) : readHealth(signal, cursor)),
    { refresh: refreshSeconds() },
  );
  const fits = (one: Health) =>
    (!words || `${one.url} ${one.endpoint_id} ${described.get(one.endpoint_id) ?? ""}`.toLowerCase().includes(words)) &&
    (!tenant || tenants.get(one.endpoint_id) === tenant) &&
    (!state || (state === "trouble" ? troubleOf(one) !== null : state === "paused" ? one.paused : one.dead > 0));
  const shown = read.data ? { ...read, data: { ...read.data, items: read.data.items.filter(fits) } } : read;

  const columns: Column<Health>[] = [
    {
      head: "Endpoint",
      class: "wide",
      cell: (one) => (
        <div class="two">
          <strong>
            <EndpointName id={one.endpoint_id} url={one.url} />
          </strong>
          <span class="fine clip" title={one.url}>
            {one.url}
          </span>
        </div>
      ),
    },
    ...(anyTenant
      ? [
          {
            head: "Tenant",
            class: "name",
            cell: (one: Health) => {
              const whose = tenants.get(one.endpoint_id);
              return whose ? <span class="clip">{visible(whose)}</span> : <span class="nothing">–</span>;
            },
          },
        ]
      : []),
    {
      head: "Id",
      cell: (one) => <Copy text={one.endpoint_id} label={`endpoint id ${one.endpoint_id}`} words="Copy id" />,
    },
    { head: "State", class: "tight", cell: (one) => <State one={one} /> },
    { head: "Last hour", cell: (one) => <Spark minutes={one.minutes} label={`Last hour of ${shortUrl(one.url)}`} /> },
    {
      head: "Waiting",
      class: "num",
      cell: (one) => {
        const waiting = one.queued + one.waiting_for_retry;
        return waiting ? (
          <A to={`/messages?endpoint=${one.endpoint_id}&status=queued,pending_retry`}>{count(waiting)}</A>
        ) : (
          "0"
        );
      },
    },
    {
      head: "Dead",
      class: "num",
      cell: (one) => (one.dead ? <A to={`/dead?endpoint=${one.endpoint_id}`}>{count(one.dead)}</A> : "0"),
    },
    { head: "Last success", class: "tight", cell: (one) => <Time at={one.last_success_at} how="relative" /> },
    {
      head: <span class="unseen">Actions</span>,
      class: "tight",
      cell: (one) => <PauseButton one={one} busy={pause.busy} onPress={() => void pause.run(one)} />,
    },
  ];

  return (
    <Page
      title="Endpoints"
      lead="Where messages are delivered to. A send names one by its ep_ id; an event goes to all that want it."
      actions={
        mayWrite() && (
          <A to="/endpoints/new" class="button primary">
            <Icon name="plus" /> New endpoint
          </A>
        )
      }
    >
      {pause.error && <Failure error={pause.error} />}
      <div class="filters">
        <input
          type="search"
          aria-label="Filter endpoints"
          placeholder="Filter by name, URL or id"
          value={param("q") ?? ""}
          onInput={(event) => patchQuery({ q: event.currentTarget.value || null }, { replace: true })}
        />
        {(anyTenant || tenant) && (
          <Combobox
            label="Tenant"
            value={tenant ?? ""}
            options={[...new Set(tenants.values())]
              .filter((one) => one !== null)
              .sort()
              .map((one) => ({ value: one, text: visibleText(one) }))}
            none="All tenants"
            onChoose={(value) => patchQuery({ tenant: value || null, cursor: null })}
          />
        )}
        <select
          aria-label="State"
          value={state ?? ""}
          onChange={(event) => patchQuery({ state: event.currentTarget.value || null })}
        >
          <option value="">All states</option>
          <option value="trouble">In trouble</option>
          <option value="paused">Paused</option>
          <option value="dead">With dead letters</option>
        </select>
      </div>
      <List
        read={shown}
        columns={columns}
        rowKey={(one) => one.endpoint_id}
        rowClass={() => "middle"}
        caption="Endpoints, newest first"
        filtered={filtered}
        noMatch={
          <Empty title="No endpoint matches" icon="filter">
            <button type="button" onClick={() => patchQuery({ q: null, state: null, tenant: null })}>
              Drop the filter
            </button>
          </Empty>
        }
        empty={
          <Empty title="No endpoint yet" icon="endpoint">
            <p>
              An endpoint is a URL that takes deliveries. Without one of your own, <code>hookbridge listen</code>{" "}
              receives on this machine at <code>http://127.0.0.1:9000</code>, where the sidecar was started with{" "}
              <code>--allow-local-endpoints</code>.
            </p>
            <A to="/endpoints/new" class="button primary">
              <Icon name="plus" /> New endpoint
            </A>
          </Empty>
        }
      />
    </Page>
  );
}
