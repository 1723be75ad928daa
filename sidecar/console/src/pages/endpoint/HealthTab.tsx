import { param, patchQuery } from "../../address.ts";
import { api, type Health, ok } from "../../api.ts";
import { Bars } from "../../charts/Bars.tsx";
import { useRead } from "../../query.ts";
import { refreshSeconds } from "../../settings.ts";
import { A } from "../../ui/A.tsx";
import { Segmented } from "../../ui/Segmented.tsx";
import { Badge } from "../../ui/StatusBadge.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/Time.tsx";
import { count, ms } from "../../words.ts";

const windows = ["1h", "24h", "7d", "30d"] as const;

const standings: Record<Health["standing"], string> = {
  untried: "Not tried since the deliverer began",
  failing: "Failing",
  answering: "Answering",
  unknown: "Not known here: another process delivers",
};

function Breaker({ health }: { health: Health }) {
  if (health.breaker === "unknown") return <Badge tone="plain">Not known here</Badge>;
  if (health.breaker === "closed")
    return (
      <Badge tone="good" icon="check">
        Closed
      </Badge>
    );
  return (
    <span class="row">
      <Badge tone="bad" icon="warn">
        Open
      </Badge>
      {health.probes_at ? (
        <span>
          probed next <Time at={health.probes_at} how="relative" />
        </span>
      ) : (
        <span>probed with the next message that is due</span>
      )}
    </span>
  );
}

export function HealthTab({ health }: { health: Health }) {
  const id = health.endpoint_id;
  const window = windows.find((one) => one === param("window")) ?? "1h";
  const query = { window, endpoint_id: id };
  const options = { refresh: refreshSeconds() };
  const metrics = useRead(
    `endpoint/${id}/metrics?${window}`,
    async (signal) => ok(await api.GET("/v1/metrics", { params: { query }, signal })),
    options,
  );
  const series = useRead(
    `endpoint/${id}/timeseries?${window}`,
    async (signal) => ok(await api.GET("/v1/metrics/timeseries", { params: { query }, signal })),
    options,
  );
  return (
    <div class="stack">
      <div class="columns">
        <section class="panel" aria-labelledby="standing">
          <header>
            <h2 id="standing">Standing</h2>
          </header>
          <dl class="facts body">
            <dt>Breaker</dt>
            <dd>
              <Breaker health={health} />
            </dd>
            <dt>Lately</dt>
            <dd>{standings[health.standing]}</dd>
            <dt>In flight</dt>
            <dd>
              {health.in_flight === null
                ? "not known here"
                : `${count(health.in_flight)} of ${count(health.limit ?? 0)} at once`}
            </dd>
            <dt>Rate limit</dt>
            <dd>{health.tokens === null ? "none" : `${count(Math.floor(health.tokens))} tokens left`}</dd>
          </dl>
        </section>
        <section class="panel" aria-labelledby="backlog">
          <header>
            <h2 id="backlog">Backlog</h2>
          </header>
          <dl class="facts body">
            <dt>Queued</dt>
            <dd>
              <A to={`/messages?endpoint=${id}&status=queued`}>{count(health.queued)}</A>
            </dd>
            <dt>Waiting for retry</dt>
            <dd>
              <A to={`/messages?endpoint=${id}&status=pending_retry`}>{count(health.waiting_for_retry)}</A>
            </dd>
            <dt>Dead</dt>
            <dd>
              <A to={`/dead?endpoint=${id}`}>{count(health.dead)}</A>
            </dd>
            <dt>Last success</dt>
            <dd>
              <Time at={health.last_success_at} how="relative" />
            </dd>
            <dt>Last failure</dt>
            <dd>
              <Time at={health.last_failure_at} how="relative" />
            </dd>
          </dl>
        </section>
      </div>
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
                  <dt>Mean latency</dt>
                  <dd>{m.avg_latency_ms ? ms(m.avg_latency_ms) : "–"}</dd>
                </div>
              </dl>
            )}
          </Loaded>
          <Loaded read={series} rows={4}>
            {({ buckets }) => (
              <Bars
                label={`Deliveries, last ${window}`}
                buckets={buckets.map(({ timestamp, succeeded, failed, retrying }) => ({
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
    </div>
  );
}
