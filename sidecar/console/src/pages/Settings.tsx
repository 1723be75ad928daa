// What this browser prefers, who is signed in, and what the server is.

import type { Signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { api, ok } from "../api.ts";
import { useRead } from "../query.ts";
import { session, signOut, signOutEverywhere } from "../session.ts";
import { density, pageSize, refresh, settingChoices, theme, times } from "../settings.ts";
import { A } from "../ui/A.tsx";
import { Confirm } from "../ui/Confirm.tsx";
import { Copy } from "../ui/Copy.tsx";
import { Page } from "../ui/Page.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { Badge } from "../ui/StatusBadge.tsx";
import { Loaded } from "../ui/states.tsx";
import { Time } from "../ui/Time.tsx";
import { count, duration, size } from "../words.ts";

const WORDS: Record<string, string> = {
  system: "As the system",
  light: "Light",
  dark: "Dark",
  local: "Local",
  utc: "UTC",
  relative: "Relative",
  normal: "Normal",
  compact: "Compact",
};

export function Settings() {
  return (
    <Page title="Settings" lead="The choices stay in this browser; the rest is how the server runs.">
      <div class="columns">
        <section class="panel" aria-labelledby="view">
          <header>
            <h2 id="view">View</h2>
          </header>
          <div class="body stack">
            <Choice title="Theme" of={theme} values={settingChoices.theme} />
            <Choice title="Times" of={times} values={settingChoices.times} />
            <Choice title="Rows" of={density} values={settingChoices.density} />
            <Choice
              title="Read again every"
              of={refresh}
              values={[...settingChoices.refresh].sort((a, b) => (Number(a) || 1e9) - (Number(b) || 1e9))}
              word={(value) => (value === "0" ? "When asked" : `${value} s`)}
            />
            <Choice
              title="Rows of a page"
              of={pageSize}
              values={[...settingChoices.pageSize].sort((a, b) => Number(a) - Number(b))}
            />
          </div>
        </section>
        <div class="stack">
          <SessionPanel />
          <ServerPanel />
        </div>
      </div>
    </Page>
  );
}

interface ChoiceProps<V extends string> {
  title: string;
  of: Signal<V>;
  values: readonly V[];
  word?: (value: V) => string;
}

function Choice<V extends string>({ title, of, values, word = (value) => WORDS[value] ?? value }: ChoiceProps<V>) {
  return (
    <div class="setting">
      <span aria-hidden="true">{title}</span>
      <Segmented
        label={title}
        choices={values.map((value) => ({ value, text: word(value) }))}
        value={of.value}
        onChoose={(value) => {
          of.value = value;
        }}
      />
    </div>
  );
}

function SessionPanel() {
  const here = session.value;
  const [asking, setAsking] = useState(false);
  if (!here) return null;
  return (
    <section class="panel" aria-labelledby="session">
      <header>
        <h2 id="session">Session</h2>
        <div class="row">
          <button type="button" class="small" onClick={() => void signOut()}>
            Sign out
          </button>
          <button type="button" class="small danger" onClick={() => setAsking(true)}>
            Sign out everywhere
          </button>
        </div>
      </header>
      <dl class="body facts">
        <dt>API key</dt>
        <dd>
          {here.api_key?.label || "no label"} {here.api_key && <code class="fine">{here.api_key.prefix}…</code>}
        </dd>
        <dt>May do</dt>
        <dd>
          <Badge tone="plain">{here.read_only ? "read only" : here.scope}</Badge>
        </dd>
        <dt>Ends</dt>
        <dd>
          <Time at={here.expires_at} /> (<Time at={here.expires_at} how="relative" />)
        </dd>
        <dt>Payloads</dt>
        <dd>{here.payloads ? "shown" : "not shown: the server was started so"}</dd>
        <dt>Left out</dt>
        <dd>
          {here.redact.length === 0
            ? "nothing"
            : here.redact.map((one) => (
                <>
                  <code key={one}>{one}</code>{" "}
                </>
              ))}
        </dd>
        <dt>Connection</dt>
        <dd>{here.encrypted ? "encrypted" : here.loopback ? "within this machine" : "not encrypted"}</dd>
      </dl>
      <Confirm
        open={asking}
        title="Sign out everywhere"
        act="Sign out everywhere"
        danger
        onAct={signOutEverywhere}
        onClose={() => setAsking(false)}
      >
        <p>Every session of this console ends at its next request, whoever opened it. API keys stay as they are.</p>
      </Confirm>
    </section>
  );
}

function ServerPanel() {
  const read = useRead("whoami", async (signal) => ok(await api.GET("/v1/whoami", { signal })));
  const here = session.value;
  return (
    <section class="panel" aria-labelledby="server">
      <header>
        <h2 id="server">Server</h2>
        <A to="/keys">API keys</A>
      </header>
      <div class="body">
        <Loaded read={read}>
          {(who) => (
            <dl class="facts">
              <dt>Version</dt>
              <dd>{who.version}</dd>
              <dt>File</dt>
              <dd>
                <code>{who.database}</code> <Copy text={who.database} label="file's path" />
              </dd>
              <dt>Process</dt>
              <dd>{who.pid}</dd>
              <dt>Delivered by</dt>
              <dd>
                {who.deliverer ? (
                  <>
                    {who.deliverer.this_engine ? "this process" : `process ${who.deliverer.pid}`}, since{" "}
                    <Time at={who.deliverer.since} />
                    {who.deliverer.stopped && (
                      <>
                        {" "}
                        <Badge tone="bad">stopped</Badge>
                      </>
                    )}
                  </>
                ) : (
                  <Badge tone="bad">nobody</Badge>
                )}
              </dd>
              {here?.public_url && (
                <>
                  <dt>Public URL</dt>
                  <dd>
                    <code>{here.public_url}</code>
                  </dd>
                </>
              )}
              <dt>Payload</dt>
              <dd>
                at most {size(who.max_payload_bytes)}, kept {duration(who.payload_retention_hours * 3600)}
              </dd>
              <dt>Attempts</dt>
              <dd>at most {count(who.max_attempts)}, where an endpoint does not say otherwise</dd>
            </dl>
          )}
        </Loaded>
      </div>
    </section>
  );
}
