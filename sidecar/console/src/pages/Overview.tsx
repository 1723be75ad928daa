import { param, patchQuery, withQuery } from "../address.ts";
import { api, type Health, ok, type Schemas } from "../api.ts";
import { Bars } from "../charts/Bars.tsx";
import { readHealth, troubleOf, useEndpoints } from "../endpoints.ts";
import { useStats } from "../frame.tsx";
import { useRead } from "../query.ts";
import { session } from "../session.ts";
import { refreshSeconds } from "../settings.ts";
import { A } from "../ui/A.tsx";
import { EndpointName } from "../ui/EndpointName.tsx";
import { Page } from "../ui/Page.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { Badge } from "../ui/StatusBadge.tsx";
import { Loaded } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";
import { count, duration, ms, plural, size } from "../words.ts";
import { FirstSteps } from "./FirstSteps.tsx";

const windows = ["1h", "24h", "7d", "30d"] as const;
type Window = (typeof windows)[number];
const windowWords: Record<Window, string> = { "1h": "1 hour", "24h": "24 hours", "7d": "7 days", "30d": "30 days" };

const chosenWindow = (): Window => windows.find((one) => one === param("window")) ?? "1h";

function Tile({
  name,
  value,
  to,
  tone,
  note,
}: {
  name: string;
  value: string;
  to?: string;
  tone?: string | undefined;
  note?: string | undefined;
}) {
  const inside = (
    <>
      <span class="name">{name}</span>
      <strong class={tone}>{value}</strong>
      {note && <span class="fine">{note}</span>}
    </>
  );
  return to ? (
    <A to={to} class="tile">
      {inside}
    </A>
  ) : (
    <div class="tile">{inside}</div>
  );
}

function Standing({ stats }: { stats: Schemas["Stats"] }) {
  const oldest = stats.oldest_due_age_seconds;
  return (
    <div class="tiles">
      <Tile
        name="Queued"
        value={count(stats.queued)}
        to="/messages?status=queued"
        note={stats.in_flight ? `${count(stats.in_flight)} being attempted` : undefined}
      />
      <Tile
        name="Waiting for retry"
        value={count(stats.waiting_for_retry)}
        to="/messages?status=pending_retry"
        tone={stats.waiting_for_retry ? "warn" : undefined}
      />
      <Tile name="Dead" value={count(stats.dead)} to="/dead" tone={stats.dead ? "bad" : undefined} />
      <Tile
        name="Oldest due"
        value={oldest === null ? "none" : duration(oldest)}
        note={oldest === null ? "nothing is late" : "since it was accepted"}
      />
    </div>
  );
}

function Deliveries({ window }: { window: Window }) {
  const query = { params: { query: { window } } };
  const metrics = useRead(
    `metrics?${window}`,
    async (signal) => ok(await api.GET("/v1/metrics", { ...query, signal })),
    {
      refresh: refreshSeconds(),
    },
  );
  const series = useRead(
    `timeseries?${window}`,
    async (signal) => ok(await api.GET("/v1/metrics/timeseries", { ...query, signal })),
    {
      refresh: refreshSeconds(),
    },
  );
  return (
    <section class="panel" aria-labelledby="deliveries">
      <header>
        <h2 id="deliveries">Deliveries</h2>
        <Segmented
          label="Window"
          choices={windows.map((one) => ({ value: one, text: one }))}
          value={window}
          onChoose={(value) => patchQuery({ window: value === "1h" ? null : value }, { replace: true })}
        />
      </header>
      <div class="body stack">
        <Loaded read={metrics} rows={1}>
          {(m) => (
            <dl class="figures">
              <div>
                <dt>Accepted</dt>
                <dd>{count(m.total_messages)}</dd>
              </div>
              <div>
                <dt>Succeeded</dt>
                <dd>{count(m.succeeded)}</dd>
              </div>
              <div>
                <dt>Retried</dt>
                <dd>{count(m.retries)}</dd>
              </div>
              <div>
                <dt>Given up</dt>
                <dd>{count(m.failed)}</dd>
              </div>
              <div>
                <dt>Success rate</dt>
                <dd>{m.total_messages ? `${(m.success_rate * 100).toFixed(1)} %` : "–"}</dd>
              </div>
              <div>
                <dt>Mean latency</dt>
                <dd>{m.avg_latency_ms ? ms(m.avg_latency_ms) : "–"}</dd>
              </div>
            </dl>
          )}
        </Loaded>
        <Loaded read={series} rows={4}>
          {(data) => (
            <Bars
              label={`Deliveries of the last ${windowWords[window]}`}
              buckets={data.buckets.map(({ timestamp, succeeded, failed, retrying }) => ({
                at: timestamp,
                succeeded,
                failed,
                retrying,
              }))}
            />
          )}
        </Loaded>
      </div>
    </section>
  );
}

function InTrouble() {
  const health = useRead("endpoints/health?trouble", (signal) => readHealth(signal, null, 10), {
    refresh: refreshSeconds() && 10,
  });
  const worst = (one: Health) => (one.breaker === "open" ? 0 : one.standing === "failing" ? 1 : 2);
  return (
    <section class="panel" aria-labelledby="trouble">
      <header>
        <h2 id="trouble">Endpoints in trouble</h2>
        <A to="/endpoints">All endpoints</A>
      </header>
      <Loaded read={health} rows={3}>
        {(page) => {
          const troubled = page.items.filter(troubleOf).sort((a, b) => worst(a) - worst(b));
          if (!troubled.length)
            return (
              <p class="body fine">
                {page.items.length ? "None: every endpoint that was tried answers." : "There is no endpoint yet."}
              </p>
            );
          return (
            <ul class="rows">
              {troubled.slice(0, 6).map((one) => {
                const trouble = troubleOf(one);
                return (
                  <li key={one.endpoint_id}>
                    <EndpointName id={one.endpoint_id} url={one.url} />
                    <span class="row">
                      {trouble && (
                        <Badge tone={trouble.tone} icon={trouble.icon}>
                          {trouble.words}
                        </Badge>
                      )}
                      <span class="fine">{count(one.queued + one.waiting_for_retry)} waiting</span>
                    </span>
                  </li>
                );
              })}
              {troubled.length > 6 && (
                <li>
                  <A to="/endpoints">{count(troubled.length - 6)} more</A>
                </li>
              )}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}

function NewestCauses() {
  const groups = useRead("dlq/groups", async (signal) => ok(await api.GET("/v1/dlq/groups", { signal })), {
    refresh: refreshSeconds() && 15,
  });
  return (
    <section class="panel" aria-labelledby="causes">
      <header>
        <h2 id="causes">Newest dead letters by cause</h2>
        <A to="/dead">All dead letters</A>
      </header>
      <Loaded read={groups} rows={3}>
        {({ groups }) => {
          if (!groups.length) return <p class="body fine">Nothing was given up.</p>;
          const newest = groups.toSorted((a, b) => b.last_failed_at.localeCompare(a.last_failed_at));
          return (
            <ul class="rows">
              {newest.slice(0, 6).map((group) => (
                <li key={group.cause + group.endpoint_id}>
                  <A
                    to={withQuery(`/dead/${encodeURIComponent(group.cause)}`, { endpoint: group.endpoint_id })}
                    class="clip"
                    title={group.cause}
                  >
                    {group.cause}
                  </A>
                  <span class="fine">
                    {count(group.count)} · <EndpointName id={group.endpoint_id} url={group.endpoint} plain /> ·{" "}
                    <Time at={group.last_failed_at} how="relative" />
                  </span>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}

function Deliverer({ stats }: { stats: Schemas["Stats"] }) {
  const { deliverer } = stats;
  return (
    <section class="panel" aria-labelledby="deliverer">
      <header>
        <h2 id="deliverer">Who delivers</h2>
      </header>
      <div class="body stack">
        <dl class="facts">
          <dt>Deliverer</dt>
          <dd>
            {deliverer ? (
              <>
                Process {deliverer.pid}
                {deliverer.this_engine ? ", this sidecar" : ", another process"}{" "}
                {deliverer.stopped && (
                  <Badge tone="bad" icon="warn">
                    Stopped
                  </Badge>
                )}
              </>
            ) : (
              <Badge tone="bad" icon="warn">
                Nobody delivers
              </Badge>
            )}
          </dd>
          {deliverer && (
            <>
              <dt>Since</dt>
              <dd>
                <Time at={deliverer.since} />
              </dd>
            </>
          )}
          <dt>On disk</dt>
          <dd>{size(stats.bytes_on_disk)}</dd>
          <dt>Version</dt>
          <dd>{session.value?.version}</dd>
        </dl>
        {(stats.not_delivering || stats.shortage) && (
          <p class="fine">
            <code>hookbridge doctor</code> says what is missing and what to do.
          </p>
        )}
      </div>
    </section>
  );
}

export function Overview() {
  const window = chosenWindow();
  const stats = useStats();
  const endpoints = useEndpoints();
  const fresh = endpoints.data && stats.data && !endpoints.data.length;
  return (
    <Page title="Overview" lead={stats.data && !fresh ? summary(stats.data) : undefined}>
      <div class="stack">
        <FirstSteps />
        {!fresh && (
          <>
            <Loaded read={stats} rows={2}>
              {(data) => <Standing stats={data} />}
            </Loaded>
            <Deliveries window={window} />
            <div class="columns">
              <InTrouble />
              <NewestCauses />
              {stats.data && <Deliverer stats={stats.data} />}
            </div>
          </>
        )}
      </div>
    </Page>
  );
}

function summary(stats: Schemas["Stats"]): string {
  const waiting = stats.queued + stats.waiting_for_retry;
  if (!waiting) return "Nothing waits: every accepted message has come to something.";
  return `${plural(waiting, "message")} ${waiting === 1 ? "waits" : "wait"} for delivery.`;
}
