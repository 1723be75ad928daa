// CSV files of messages: made from a filter, downloaded, and gone after seven days.

import { useEffect, useState } from "preact/hooks";
import { param, patchQuery } from "../address.ts";
import { api, done, ok, open, type PageOf, pageOf, type Schemas } from "../api.ts";
import { useEndpointChoice } from "../endpoint-choice.ts";
import { invalidate, useAction, useRead } from "../query.ts";
import { mayWrite } from "../session.ts";
import { refreshSeconds } from "../settings.ts";
import { announce } from "../ui/announce.tsx";
import { Combobox } from "../ui/Combobox.tsx";
import { Confirm } from "../ui/Confirm.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { type Column, List } from "../ui/List.tsx";
import { Page } from "../ui/Page.tsx";
import { Badge } from "../ui/StatusBadge.tsx";
import { Empty, Failure } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";
import { count, size, statuses, statusWord } from "../words.ts";

type Export = Schemas["ExportRecord"];

const STATES: Record<Export["status"], { tone: "good" | "bad" | "warn" | "plain"; icon: string }> = {
  pending: { tone: "warn", icon: "queued" },
  processing: { tone: "warn", icon: "hourglass" },
  completed: { tone: "good", icon: "check" },
  failed: { tone: "bad", icon: "cross" },
  expired: { tone: "plain", icon: "clock" },
};

const isRunning = (one: Export) => one.status === "pending" || one.status === "processing";

export function Exports() {
  const { nameById } = useEndpointChoice();
  const [leaving, setLeaving] = useState<Export | null>(null);
  const [running, setRunning] = useState(false);
  const read = useRead(
    "exports",
    async (signal): Promise<PageOf<Export>> => pageOf(await api.GET("/v1/exports", { signal })),
    {
      refresh: running ? 1 : refreshSeconds(),
    },
  );
  const nowRunning = read.data?.items.some(isRunning) ?? false;
  useEffect(() => setRunning(nowRunning), [nowRunning]);

  const columns: Column<Export>[] = [
    {
      head: "State",
      class: "tight",
      cell: (one) => (
        <Badge tone={STATES[one.status].tone} icon={STATES[one.status].icon}>
          {one.status}
        </Badge>
      ),
    },
    {
      head: "Messages",
      class: "wide",
      cell: (one) => (
        <>
          accepted from <Time at={one.filter_start_time} how="clock" /> to <Time at={one.filter_end_time} how="clock" />
          <div class="fine">
            {one.filter_status ? statusWord(one.filter_status) : "in any state"}
            {one.filter_endpoint_id && <>, of {nameById(one.filter_endpoint_id)}</>}
          </div>
          {one.error_message && <div class="export-error">{one.error_message}</div>}
        </>
      ),
    },
    { head: "Rows", class: "num", cell: (one) => (one.row_count === null ? <None /> : count(one.row_count)) },
    {
      head: "Size",
      class: "num",
      cell: (one) => (one.file_size_bytes === null ? <None /> : size(one.file_size_bytes)),
    },
    { head: "Made", class: "tight", cell: (one) => <Time at={one.created_at} /> },
    { head: "Gone", class: "tight", cell: (one) => <Time at={one.expires_at} how="relative" /> },
    {
      head: <span class="unseen">Actions</span>,
      class: "tight",
      cell: (one) => (
        <>
          {one.status === "completed" && <Download which={one} />}{" "}
          {mayWrite() && (
            <button
              type="button"
              class="small danger"
              aria-label={`Delete the export made at ${one.created_at}`}
              onClick={() => setLeaving(one)}
            >
              <Icon name="trash" /> Delete
            </button>
          )}
        </>
      ),
    },
  ];

  const open_ = () => patchQuery({ new: "1" }, { replace: true });
  return (
    <Page
      title="Exports"
      lead="CSV files of messages and what became of them, for a spreadsheet or an audit. Payloads are not in them."
      actions={
        mayWrite() && (
          <button type="button" class="primary" onClick={open_}>
            <Icon name="plus" /> New export
          </button>
        )
      }
    >
      <List
        read={read}
        columns={columns}
        rowKey={(one) => one.id}
        caption="Exports"
        empty={
          <Empty title="No export yet" icon="export">
            <p>
              New export writes the messages of a time to a CSV file: one line a message, with its endpoint, state,
              attempts and last error. From Messages and Dead letters, Export takes their filter along.
            </p>
          </Empty>
        }
      />
      {param("new") && mayWrite() && (
        <NewExport
          onClose={() =>
            patchQuery({ new: null, status: null, endpoint: null, from: null, to: null }, { replace: true })
          }
        />
      )}
      <Confirm
        open={leaving !== null}
        title="Delete export"
        act="Delete export"
        danger
        onClose={() => setLeaving(null)}
        onAct={async () => {
          if (!leaving) return;
          done(await api.DELETE("/v1/exports/{export_id}", { params: { path: { export_id: leaving.id } } }));
          announce("The export was deleted");
          invalidate("exports");
        }}
      >
        <p>The file and its record go. The messages stay as they are.</p>
      </Confirm>
    </Page>
  );
}

const None = () => <span class="nothing">–</span>;

/** The link is good for 15 minutes and needs no key, so the browser itself fetches the file, however large. */
function Download({ which }: { which: Export }) {
  const get = useAction(async () => {
    const response = await open(`/v1/exports/${which.id}/download`);
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    let address = response.url;
    if (isJson) address = ((await response.json()) as { data: { download_url: string } }).data.download_url;
    else await response.body?.cancel();
    const link = document.createElement("a");
    link.href = address;
    link.download = `${which.id}.csv`;
    link.click();
  });
  return (
    <>
      <button
        type="button"
        class="small"
        aria-label={`Download the export made at ${which.created_at}`}
        disabled={get.busy}
        onClick={() => get.run()}
      >
        <Icon name="down" /> Download
      </button>
      {get.error && <Failure error={get.error} />}
    </>
  );
}

/** For a field of local time, to the minute. */
function localText(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

function asLocal(text: string | null, otherwise: Date): string {
  const given = text ? new Date(text) : otherwise;
  return localText(Number.isNaN(given.getTime()) ? otherwise : given);
}

function NewExport({ onClose }: { onClose: () => void }) {
  const choice = useEndpointChoice();
  const day = 86_400_000;
  const [from, setFrom] = useState(() => asLocal(param("from"), new Date(Date.now() - 7 * day)));
  const [to, setTo] = useState(() => asLocal(param("to"), new Date(Date.now() + 60_000)));
  const [status, setStatus] = useState(param("status") ?? "");
  const [endpoint, setEndpoint] = useState(param("endpoint") ?? "");
  const order =
    from !== "" && to !== "" && new Date(from) >= new Date(to) ? "The end has to be after the beginning." : undefined;
  const make = useAction(async () => {
    const body = {
      start_time: new Date(from).toISOString(),
      end_time: new Date(to).toISOString(),
      ...(status ? { status: status as Schemas["MessageStatus"] } : {}),
      ...(endpoint ? { endpoint_id: endpoint } : {}),
    };
    ok(await api.POST("/v1/exports", { body }));
    announce("The export is being written");
    invalidate("exports");
    onClose();
  });
  const mayMake = from !== "" && to !== "" && !order && !make.busy;
  return (
    <Dialog
      open
      title="New export"
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="primary" disabled={!mayMake} onClick={() => make.run()}>
            Make export
          </button>
        </>
      }
    >
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (mayMake) void make.run();
        }}
      >
        {make.error && <Failure error={make.error} />}
        <div class="columns">
          <Field label="Accepted from" hint="In your local time.">
            <input type="datetime-local" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
          </Field>
          <Field label="to" error={order}>
            <input type="datetime-local" value={to} onInput={(event) => setTo(event.currentTarget.value)} />
          </Field>
        </div>
        <Field label="State">
          <select value={status} onChange={(event) => setStatus(event.currentTarget.value)}>
            <option value="">Any state</option>
            {statuses.map((one) => (
              <option key={one} value={one}>
                {statusWord(one)}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Endpoint">
          <Combobox value={endpoint} options={choice.options} none="All endpoints" onChoose={setEndpoint} />
        </Field>
      </form>
    </Dialog>
  );
}
