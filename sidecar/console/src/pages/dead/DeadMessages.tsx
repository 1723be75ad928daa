// The messages that were given up: all, or those of one cause.

import { useState } from "preact/hooks";
import { param, patchQuery, withQuery } from "../../address.ts";
import { api, type LogItem, ok, type PageOf } from "../../api.ts";
import { openBulk } from "../../bulk.tsx";
import { useEndpointChoice } from "../../endpoint-choice.ts";
import { visible } from "../../payload/visible.tsx";
import { invalidate, useRead } from "../../query.ts";
import { mayWrite } from "../../session.ts";
import { pageSize, refreshSeconds } from "../../settings.ts";
import { A } from "../../ui/A.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Id, shortId } from "../../ui/Id.tsx";
import { type Column, List } from "../../ui/List.tsx";
import { Empty } from "../../ui/states.tsx";
import { Time } from "../../ui/Time.tsx";
import { count } from "../../words.ts";
import { NothingDead } from "../Dead.tsx";

export function DeadMessages({ cause, endpoint }: { cause?: string; endpoint: string | null }) {
  const { nameById } = useEndpointChoice();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const cursor = param("cursor");
  const query = {
    limit: Number(pageSize.value),
    ...(cursor ? { cursor } : {}),
    ...(cause ? { cause } : {}),
    ...(endpoint ? { endpoint_id: endpoint } : {}),
  };
  const read = useRead(
    `dead/messages/${JSON.stringify(query)}`,
    async (signal): Promise<PageOf<LogItem>> => {
      const page = ok(await api.GET("/v1/dlq/messages", { params: { query }, signal }));
      return { items: page.messages, nextCursor: page.has_more ? page.next_cursor : null, searchedTo: null };
    },
    { refresh: refreshSeconds(), keep: true },
  );

  const columns: Column<LogItem>[] = [
    { head: "Message", class: "tight", cell: (row) => <Id kind="message" id={row.message_id} short /> },
    {
      head: "Endpoint",
      class: "dead-where",
      cell: (row) => (
        <A to={`/endpoints/${row.endpoint_id}`} title={row.endpoint}>
          <span class="clip">{nameById(row.endpoint_id)}</span>
        </A>
      ),
    },
    { head: "Last error", class: "wide", cell: (row) => visible(row.last_error ?? "") },
    { head: "Attempts", class: "num", cell: (row) => count(row.attempt_count) },
    { head: "Given up", class: "tight", cell: (row) => <Time at={row.failed_at} /> },
  ];

  const filtered = cause !== undefined || endpoint !== null;
  const done = () => {
    setChosen(new Set());
    invalidate("dead/");
  };
  const ids = [...chosen];
  const where = endpoint ? ` at ${nameById(endpoint)}` : "";
  const words = cause ? `Dead letters${where} whose last failure was “${cause}”.` : `Every dead letter${where}.`;
  const filter = {
    status: ["failed_permanent" as const],
    ...(cause ? { cause } : {}),
    ...(endpoint ? { endpoint_id: endpoint } : {}),
  };
  const act = (operation: "replay" | "delete") => {
    const title = operation === "replay" ? "Replay dead letters" : "Delete dead letters";
    if (ids.length === 0) openBulk({ operation, filter, title, words, onDone: done });
    else openBulk({ operation, ids, title, words: "Those that are selected on this page.", onDone: done });
  };
  const which = ids.length === 0 ? "all" : count(ids.length);

  return (
    <>
      {mayWrite() && (
        <div class="row dead-sum">
          <button type="button" onClick={() => act("replay")}>
            <Icon name="replay" /> Replay {which}
          </button>
          <button type="button" class="danger" onClick={() => act("delete")}>
            <Icon name="trash" /> Delete {which}
          </button>
          <A class="button" to={withQuery("/exports", { new: "1", status: "failed_permanent", endpoint })}>
            <Icon name="export" /> Export
          </A>
          {ids.length > 0 && (
            <button type="button" class="link" onClick={() => setChosen(new Set())}>
              Select none
            </button>
          )}
        </div>
      )}
      <List
        read={read}
        columns={columns}
        rowKey={(row) => row.message_id}
        caption={cause ? `Dead letters: ${cause}` : "Dead letters"}
        selection={mayWrite() ? { chosen, set: setChosen, label: (id) => `Select message ${shortId(id)}` } : undefined}
        filtered={filtered}
        empty={<NothingDead endpoint={endpoint} />}
        noMatch={
          <Empty title="No dead letters here" icon="check">
            <p>
              None{where}
              {cause && <> with the cause “{cause}”</>}. They may have been replayed or deleted.
            </p>
            <div class="row">
              {endpoint && (
                <button type="button" onClick={() => patchQuery({ endpoint: null })}>
                  Show all endpoints
                </button>
              )}
              <A class="button" to="/dead">
                All causes
              </A>
            </div>
          </Empty>
        }
      />
    </>
  );
}
