// The tail of everything that happens. What one looks at does not move.
import { useEffect, useRef, useState } from "preact/hooks";
import { param, patchQuery } from "../address.ts";
import { api, pageOf } from "../api.ts";
import { Spark } from "../charts/Spark.tsx";
import { useEndpointChoice } from "../endpoints.ts";
import { type EventKind, type Happening, onEvent, streamState } from "../events.ts";
import { useRead } from "../query.ts";
import { A } from "../ui/A.tsx";
import { Combobox } from "../ui/Combobox.tsx";
import { EndpointName } from "../ui/EndpointName.tsx";
import { Icon } from "../ui/Icon.tsx";
import { shortId } from "../ui/Id.tsx";
import { Page } from "../ui/Page.tsx";
import { Badge } from "../ui/StatusBadge.tsx";
import { Empty } from "../ui/states.tsx";
import { now, Time } from "../ui/Time.tsx";
import { count, duration } from "../words.ts";

const MOST = 500;
const SECONDS = 60;

const kinds: Record<EventKind, { words: string; tone: "good" | "bad" | "warn" | "plain"; icon: string }> = {
  message_accepted: { words: "Accepted", tone: "plain", icon: "queued" },
  attempt_started: { words: "Attempt began", tone: "plain", icon: "delivering" },
  message_delivered: { words: "Delivered", tone: "good", icon: "check" },
  attempt_failed: { words: "Attempt failed", tone: "warn", icon: "clock" },
  message_dead: { words: "Given up", tone: "bad", icon: "cross" },
  endpoint_changed: { words: "Endpoint changed", tone: "plain", icon: "endpoint" },
  not_delivering: { words: "Not delivering", tone: "bad", icon: "warn" },
  gap: { words: "More happened than was seen", tone: "warn", icon: "warn" },
};
type Kind = keyof typeof kinds;

interface Row extends Happening {
  n: number;
}

const states = {
  off: "Off",
  connecting: "Connecting…",
  live: "Live",
  polling: "Read every 5 s: this page is not encrypted, so it has no stream",
  lost: "The connection was lost; trying again",
};

export function Live() {
  const [rows, setRows] = useState<Row[]>([]);
  const [paused, setPaused] = useState<"" | "asked" | "looking">("");
  const [waiting, setWaiting] = useState(0);
  const held = useRef<Row[]>([]);
  const stopped = useRef(false);
  const counter = useRef(0);
  const seconds = useRef(new Map<number, { succeeded: number; failed: number; retries: number }>());
  const { options } = useEndpointChoice();
  const kind = param("kind");
  const endpoint = param("endpoint");
  stopped.current = paused !== "";

  const show = () => {
    const these = held.current.splice(0);
    setWaiting(0);
    if (these.length) setRows((before) => [...these.reverse(), ...before].slice(0, MOST));
  };

  useEffect(() => {
    let frame = 0;
    const end = onEvent((happening) => {
      if (happening.kind === "gap" && !happening.occurred_at) return;
      held.current.push({ ...happening, n: counter.current++ });
      if (held.current.length > MOST) held.current.shift();
      const second = Math.floor(Date.now() / 1000);
      const tally = seconds.current.get(second) ?? { succeeded: 0, failed: 0, retries: 0 };
      if (happening.kind === "message_delivered") tally.succeeded++;
      if (happening.kind === "message_dead") tally.failed++;
      if (happening.kind === "attempt_failed") tally.retries++;
      seconds.current.set(second, tally);
      for (const old of seconds.current.keys()) if (old < second - SECONDS) seconds.current.delete(old);
      // Many a second are shown in one go.
      frame ||= setTimeout(() => {
        frame = 0;
        if (stopped.current) setWaiting(held.current.length);
        else show();
      }, 100);
    });
    return () => {
      clearTimeout(frame);
      end();
    };
  }, []);

  useEffect(() => {
    const look = () => {
      const down = scrollY > 200;
      setPaused((before) => (before === "asked" ? before : down ? "looking" : before === "looking" ? "" : before));
    };
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, []);

  useEffect(() => {
    if (paused === "") show();
  }, [paused]);

  const look = (here: boolean) => setPaused((before) => (before === "asked" ? before : here ? "looking" : ""));
  const fits = (row: Row) => (!kind || row.kind === kind) && (!endpoint || row.endpoint_id === endpoint);
  const shown = rows.filter(fits);

  return (
    <Page
      title="Live"
      actions={
        <button
          type="button"
          aria-pressed={paused === "asked"}
          onClick={() => setPaused(paused === "asked" ? "" : "asked")}
        >
          <Icon name={paused === "asked" ? "play" : "pause"} /> {paused === "asked" ? "Go on" : "Pause"}
        </button>
      }
    >
      <div class="filters">
        <select
          aria-label="What happened"
          value={kind ?? ""}
          onChange={(event) => patchQuery({ kind: event.currentTarget.value || null })}
        >
          <option value="">Everything</option>
          {(Object.keys(kinds) as Kind[]).map((one) => (
            <option key={one} value={one}>
              {kinds[one].words}
            </option>
          ))}
        </select>
        <Combobox
          label="Endpoint"
          value={endpoint ?? ""}
          options={options}
          none="All endpoints"
          onChoose={(value) => patchQuery({ endpoint: value || null })}
        />
      </div>
      <div class="toolbar">
        <span class={`pulse ${streamState.value}`} />
        <span>{paused === "" ? states[streamState.value] : paused === "asked" ? "Paused" : "Held while you look"}</span>
        {waiting > 0 && (
          <button type="button" class="small" onClick={() => show()}>
            {count(waiting)} new; show now
          </button>
        )}
        <span class="push" />
        <Rate seconds={seconds.current} />
      </div>
      {shown.length ? (
        // biome-ignore lint/a11y/noStaticElementInteractions: it only notices where one looks
        <div
          onMouseEnter={() => look(true)}
          onMouseLeave={() => look(false)}
          onFocusCapture={() => look(true)}
          onBlurCapture={() => look(false)}
        >
          <section class="scroll" aria-label="What happened, newest first" tabIndex={0}>
            <table class="live">
              <caption class="unseen">What happened, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">What</th>
                  <th scope="col">Message</th>
                  <th scope="col">Endpoint</th>
                  <th scope="col" class="wide">
                    Answer
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((row) => (
                  <Line key={row.n} row={row} />
                ))}
              </tbody>
            </table>
          </section>
          <p class="fine below">The newest {count(Math.min(rows.length, MOST))} are kept here.</p>
        </div>
      ) : (
        <Waiting filtered={rows.length > 0} />
      )}
    </Page>
  );
}

function Line({ row }: { row: Row }) {
  const kind = kinds[row.kind as Kind] ?? kinds.endpoint_changed;
  return (
    <tr>
      <td class="tight">
        <Time at={row.occurred_at} how="clock" />
      </td>
      <td class="tight">
        <Badge tone={kind.tone} icon={kind.icon}>
          {kind.words}
        </Badge>
      </td>
      <td class="tight">
        {row.message_id ? (
          <A to={`/messages/${row.message_id}`} title={row.message_id}>
            <code>{shortId(row.message_id)}</code>
          </A>
        ) : (
          <span class="nothing">–</span>
        )}
      </td>
      <td class="name">{row.endpoint_id ? <EndpointName id={row.endpoint_id} /> : <span class="nothing">–</span>}</td>
      <td class="wide">
        <span class="answer">
          {row.attempt_no ? <span class="fine">attempt {row.attempt_no}</span> : null}
          {row.response_status ? (
            <code class={row.response_status < 300 ? "good" : "bad"}>{row.response_status}</code>
          ) : null}
          {row.error_text && row.kind !== "message_delivered" && !row.response_status && (
            <span class="clip" title={row.error_text}>
              {row.error_text}
            </span>
          )}
          {row.next_attempt_at && (
            <span class="fine">
              next <Time at={row.next_attempt_at} how="relative" />
            </span>
          )}
        </span>
      </td>
    </tr>
  );
}

function Rate({ seconds }: { seconds: Map<number, { succeeded: number; failed: number; retries: number }> }) {
  const last = Math.floor(now.value / 1000) - 1;
  const line = Array.from({ length: SECONDS }, (_, at) => {
    const second = last - SECONDS + 1 + at;
    return {
      at: new Date(second * 1000).toISOString(),
      ...(seconds.get(second) ?? { succeeded: 0, failed: 0, retries: 0 }),
    };
  });
  const ten = line.slice(-10).reduce((sum, one) => sum + one.succeeded + one.failed + one.retries, 0) / 10;
  return (
    <span class="row rate">
      <span class="fine">{ten.toFixed(1)} attempts a second</span>
      <Spark minutes={line} label="Attempts in each of the last 60 seconds" />
    </span>
  );
}

function Waiting({ filtered }: { filtered: boolean }) {
  const newest = useRead("messages/newest", async (signal) =>
    pageOf(await api.GET("/v1/logs", { params: { query: { limit: 1 } }, signal })),
  );
  const last = newest.data?.items[0]?.created_at;
  return (
    <Empty title={filtered ? "Nothing that matches has happened yet" : "Waiting for something to happen"} icon="live">
      {last && <p>The last message was accepted {duration((now.value - Date.parse(last)) / 1000)} ago.</p>}
      {newest.data && !last && (
        <p>
          This outbox has no message yet. <A to="/examples">Send one</A>
        </p>
      )}
    </Empty>
  );
}
