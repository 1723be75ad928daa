// The dead letter queue: by cause and endpoint, and the messages of one cause.

import { useState } from "preact/hooks";
import { param, patchQuery, withQuery } from "../address.ts";
import { api, ok, type Schemas } from "../api.ts";
import { openBulk } from "../bulk.tsx";
import { useEndpointChoice } from "../endpoint-choice.ts";
import { useRead } from "../query.ts";
import { mayWrite } from "../session.ts";
import { refreshSeconds } from "../settings.ts";
import { A } from "../ui/A.tsx";
import { Combobox } from "../ui/Combobox.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Page } from "../ui/Page.tsx";
import { Empty, Loaded } from "../ui/states.tsx";
import { chosenTab, TabPanel, Tabs } from "../ui/Tabs.tsx";
import { Time } from "../ui/Time.tsx";
import { count, plural } from "../words.ts";
import { DeadMessages } from "./dead/DeadMessages.tsx";
import { useGroups } from "./dead/groups.ts";

type Group = Schemas["DeadLetterGroup"];

const TABS = [
  { id: "causes", title: "By cause" },
  { id: "messages", title: "Messages" },
];

export function Dead({ cause }: { cause?: string }) {
  const endpoints = useEndpointChoice();
  const endpoint = param("endpoint");
  const tab = chosenTab(TABS);
  const picker = (
    <div class="dead-filter">
      <Combobox
        label="Only of this endpoint"
        value={endpoint ?? ""}
        options={endpoints.options}
        none="All endpoints"
        onChoose={(value) => patchQuery({ endpoint: value || null, cursor: null })}
      />
    </div>
  );
  if (cause !== undefined) {
    return (
      <Page
        title={cause}
        above={<A to={withQuery("/dead", { endpoint })}>Dead letters</A>}
        lead="What was given up for this cause. The message's page has each attempt."
        actions={picker}
      >
        <DeadMessages cause={cause} endpoint={endpoint} />
      </Page>
    );
  }
  return (
    <Page
      title="Dead letters"
      lead="Messages that were given up. Mend the cause, then replay them; their payload stays until its retention."
      actions={picker}
    >
      <Tabs tabs={TABS} label="Dead letters" />
      <TabPanel tab={tab}>
        {tab === "messages" ? <DeadMessages endpoint={endpoint} /> : <Causes endpoint={endpoint} />}
      </TabPanel>
    </Page>
  );
}

function Causes({ endpoint }: { endpoint: string | null }) {
  const [calls, setCalls] = useState(1);
  const read = useGroups(endpoint, calls);
  return (
    <Loaded read={read}>
      {({ groups, looked, hasMore }) => {
        const total = groups.reduce((sum, group) => sum + group.count, 0);
        if (groups.length === 0) return <NothingDead endpoint={endpoint} />;
        return (
          <>
            <div class="row apart dead-sum">
              <p>
                <strong>{plural(total, "dead letter")}</strong> of {plural(causesOf(groups), "cause")} at{" "}
                {plural(endpointsOf(groups), "endpoint")}
                {hasMore && <>, counted over the newest {count(looked)}</>}
              </p>
              <Actions groups={groups} endpoint={endpoint} total={total} />
            </div>
            <Groups groups={groups} total={total} />
            {hasMore && (
              <p class="row dead-more">
                <button type="button" onClick={() => setCalls(calls + 1)} disabled={read.loading}>
                  Count 10,000 more
                </button>
                <span class="fine">Older dead letters are not counted yet.</span>
              </p>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

const causesOf = (groups: Group[]) => new Set(groups.map((group) => group.cause)).size;
const endpointsOf = (groups: Group[]) => new Set(groups.map((group) => group.endpoint_id)).size;

/** For all that is shown. */
function Actions({ groups, endpoint, total }: { groups: Group[]; endpoint: string | null; total: number }) {
  const { nameById } = useEndpointChoice();
  const where = endpoint ? `at ${nameById(endpoint)}` : "of all endpoints";
  const filter = { status: ["failed_permanent" as const], ...(endpoint ? { endpoint_id: endpoint } : {}) };
  const words = `Every dead letter ${where}, of ${plural(causesOf(groups), "cause")}.`;
  return (
    <div class="row">
      <A class="button" to={exportOf(endpoint)}>
        <Icon name="export" /> Export
      </A>
      {mayWrite() && (
        <button
          type="button"
          disabled={total === 0}
          onClick={() => openBulk({ operation: "replay", filter, title: "Replay dead letters", words })}
        >
          <Icon name="replay" /> Replay all
        </button>
      )}
    </div>
  );
}

const exportOf = (endpoint: string | null) => withQuery("/exports", { new: "1", status: "failed_permanent", endpoint });

function Groups({ groups, total }: { groups: Group[]; total: number }) {
  const { nameById } = useEndpointChoice();
  const most = groups[0]?.count ?? 1;
  return (
    <section class="scroll" aria-label="Dead letters by cause" tabIndex={0}>
      <table class="dead-groups">
        <caption class="unseen">Dead letters by cause and endpoint, the largest group first</caption>
        <thead>
          <tr>
            <th scope="col">Cause</th>
            <th scope="col" class="num">
              Messages
            </th>
            <th scope="col">Share</th>
            <th scope="col">Endpoint</th>
            <th scope="col">First and last given up</th>
            {mayWrite() && (
              <th scope="col">
                <span class="unseen">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={`${group.cause} ${group.endpoint_id}`}>
              <th scope="row" class="dead-cause">
                <A to={withQuery(`/dead/${encodeURIComponent(group.cause)}`, { endpoint: group.endpoint_id })}>
                  {group.cause}
                </A>
              </th>
              <td class="num">{count(group.count)}</td>
              <td class="dead-share">
                <Share part={group.count} of={total} most={most} />
              </td>
              <td class="dead-where">
                <A to={`/endpoints/${group.endpoint_id}`} title={group.endpoint}>
                  <span class="clip">{nameById(group.endpoint_id)}</span>
                </A>
              </td>
              <td class="tight">
                <Time at={group.first_failed_at} /> <span class="nothing">to</span> <Time at={group.last_failed_at} />
              </td>
              {mayWrite() && (
                <td class="tight dead-acts">
                  <GroupActions group={group} where={nameById(group.endpoint_id)} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Share({ part, of, most }: { part: number; of: number; most: number }) {
  const percent = of === 0 ? 0 : (part / of) * 100;
  return (
    <span class="row dead-bar">
      <svg viewBox="0 0 100 8" width="72" height="8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="share-track" width="100" height="8" rx="1" />
        <rect class="tone-bad" width={Math.max((part / most) * 100, 2)} height="8" rx="1" />
      </svg>
      <span class="fine">{percent < 1 ? "< 1" : Math.round(percent)} %</span>
    </span>
  );
}

function GroupActions({ group, where }: { group: Group; where: string }) {
  const filter = {
    status: ["failed_permanent" as const],
    endpoint_id: group.endpoint_id,
    cause: group.cause,
  };
  const words = `Dead letters at ${where} whose last failure was “${group.cause}”.`;
  return (
    <>
      <button
        type="button"
        class="small"
        aria-label={`Replay ${group.cause} at ${where}`}
        onClick={() => openBulk({ operation: "replay", filter, title: "Replay dead letters", words })}
      >
        <Icon name="replay" /> Replay
      </button>{" "}
      <button
        type="button"
        class="small danger"
        aria-label={`Delete ${group.cause} at ${where}`}
        onClick={() => openBulk({ operation: "delete", filter, title: "Delete dead letters", words })}
      >
        <Icon name="trash" /> Delete
      </button>
    </>
  );
}

export function NothingDead({ endpoint }: { endpoint: string | null }) {
  const query = { window: "30d" as const, ...(endpoint ? { endpoint_id: endpoint } : {}) };
  const read = useRead(
    `metrics/30d/${endpoint ?? ""}`,
    async (signal) => ok(await api.GET("/v1/metrics", { params: { query }, signal })),
    { refresh: refreshSeconds() },
  );
  const failed = read.data?.failed ?? 0;
  return (
    <Empty title="No dead letters" icon="check">
      <p>
        {failed === 0
          ? "Nothing was given up in the last 30 days."
          : `${plural(failed, "message was", "messages were")} given up in the last 30 days, and replayed or deleted since.`}
      </p>
      {endpoint && (
        <button type="button" onClick={() => patchQuery({ endpoint: null })}>
          Show all endpoints
        </button>
      )}
    </Empty>
  );
}
