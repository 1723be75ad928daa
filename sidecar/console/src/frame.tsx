// What stands around each page: navigation, sign-in, banners, palette, keyboard.
import { useEffect, useState } from "preact/hooks";
import { path } from "./address.ts";
import { api, ok } from "./api.ts";
import { Help } from "./help.tsx";
import { helpOpen, useKeyboard } from "./keyboard.tsx";
import { BulkHost } from "./later.tsx";
import { pageAt, pages } from "./pages.ts";
import { Palette, paletteOpen } from "./palette.tsx";
import { visibleText } from "./payload/visible.tsx";
import { connected, useRead, waitingUntil } from "./query.ts";
import { session, signedOut, signOut } from "./session.ts";
import { density, refreshSeconds, theme } from "./settings.ts";
import { SignIn } from "./signin.tsx";
import { A } from "./ui/A.tsx";
import { Announcer } from "./ui/announce.tsx";
import { Icon } from "./ui/Icon.tsx";
import { shortId } from "./ui/Id.tsx";
import { Empty } from "./ui/states.tsx";
import { now } from "./ui/Time.tsx";
import { brief } from "./words.ts";

/** How the outbox stands: the same read for the navigation and the pages. */
export const useStats = () =>
  useRead(session.value ? "stats" : null, async (signal) => ok(await api.GET("/v1/stats", { signal })), {
    // Often enough to notice a sidecar that is gone.
    refresh: Math.min(refreshSeconds() || 15, 4),
  });

function Banner({ tone, icon, children }: { tone: "bad" | "warn"; icon: string; children: preact.ComponentChildren }) {
  return (
    <div class={`banner ${tone}`}>
      <Icon name={icon} />
      <span>{children}</span>
    </div>
  );
}

function Banners({ trouble, shortage }: { trouble: string | null; shortage: string | null }) {
  const here = session.value;
  const wait = Math.ceil((waitingUntil.value - now.value) / 1000);
  return (
    <div class="banners" role="status">
      {here && !here.encrypted && !here.loopback && (
        <Banner tone="warn" icon="lock">
          This page is not encrypted: who is on the way can read it and take over its session.
        </Banner>
      )}
      {!connected.value && !signedOut.value && (
        <Banner tone="bad" icon="warn">
          The sidecar does not answer. What is shown is what was read last; this page goes on by itself.
        </Banner>
      )}
      {wait > 0 && (
        <Banner tone="warn" icon="hourglass">
          The sidecar is busy and asks to wait; this page reads again by itself
          <span aria-hidden="true"> in {wait} s</span>.
        </Banner>
      )}
      {trouble && (
        <Banner tone="bad" icon="warn">
          Nothing is delivered: {trouble}
        </Banner>
      )}
      {shortage && (
        <Banner tone="warn" icon="warn">
          {shortage}
        </Banner>
      )}
    </div>
  );
}

/** Whose part of the navigation a path belongs to. */
const belongs = (to: string) =>
  to === "/"
    ? path.value === "/"
    : path.value === to ||
      path.value.startsWith(`${to}/`) ||
      // The catalogue is a part of the events.
      (to === "/events" && path.value.startsWith("/event-types"));

function Navigation({ dead, onGo }: { dead: number; onGo: () => void }) {
  return (
    <nav aria-label="Pages of the console">
      {[1, 2, 3].map((group) => (
        <ul key={group}>
          {pages
            .filter((entry) => entry.nav?.group === group)
            .map((entry) => (
              <li key={entry.path}>
                <A to={entry.path} aria-current={belongs(entry.path) ? "page" : undefined} onClick={onGo}>
                  <Icon name={entry.nav?.icon ?? ""} />
                  <span>{entry.title}</span>
                  {entry.path === "/dead" && dead > 0 && <span class="count">{brief(dead)}</span>}
                </A>
              </li>
            ))}
        </ul>
      ))}
    </nav>
  );
}

function Foot() {
  const here = session.value;
  const dark =
    theme.value === "dark" || (theme.value === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  return (
    <section class="foot" aria-label="Session">
      {here && (
        <p class="who">
          <Icon name="key" />
          <span>
            {here.api_key?.label || here.api_key?.prefix || "Signed in"}
            {(here.read_only || here.scope === "read") && <em> reads only</em>}
          </span>
        </p>
      )}
      <div class="row">
        <button
          type="button"
          class="bare"
          aria-label={dark ? "Light theme" : "Dark theme"}
          title={dark ? "Light theme" : "Dark theme"}
          onClick={() => {
            theme.value = dark ? "light" : "dark";
          }}
        >
          <Icon name={dark ? "sun" : "moon"} />
        </button>
        {here && (
          <button type="button" class="bare" aria-label="Sign out" title="Sign out" onClick={() => void signOut()}>
            <Icon name="out" />
          </button>
        )}
        <button
          type="button"
          class="bare"
          aria-label="Keyboard"
          title="Keyboard: ?"
          onClick={() => {
            helpOpen.value = true;
          }}
        >
          <Icon name="keyboard" />
        </button>
        {here && <span class="fine push">{here.version}</span>}
      </div>
    </section>
  );
}

/** What a page is of stands first, so that tabs side by side are told apart. */
function titleOf({ entry, named }: NonNullable<ReturnType<typeof pageAt>>): string {
  const thing = named.id ? shortId(named.id) : (named.cause ?? named.name);
  return thing ? `${visibleText(thing)} · ${entry.title}` : entry.title;
}

function Shown() {
  const at = pageAt(path.value);
  const title = at ? titleOf(at) : "Not found";
  useEffect(() => {
    document.title = `${title} · HookBridge`;
  }, [title]);
  if (!at) {
    return (
      <>
        <h1 id="title" tabIndex={-1}>
          Not found
        </h1>
        <Empty title="There is no such page">
          <A to="/">Overview</A>
        </Empty>
      </>
    );
  }
  const Content = at.entry.page;
  return <Content key={path.value} {...at.named} />;
}

export function Frame() {
  const [menu, setMenu] = useState(false);
  const stats = useStats();
  useKeyboard();
  void density.value;
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: the address of a page has no fragment */}
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to the content
      </a>
      <header class="bar">
        <button
          type="button"
          class="bare menu"
          aria-label="Menu"
          aria-expanded={menu}
          aria-controls="side"
          onClick={() => setMenu(!menu)}
        >
          <Icon name={menu ? "cross" : "menu"} />
        </button>
        <A to="/" class="brand">
          HookBridge
        </A>
        <button
          type="button"
          class="find"
          onClick={() => {
            paletteOpen.value = true;
          }}
        >
          <Icon name="search" />
          <span>Go to…</span>
          <kbd>Ctrl K</kbd>
        </button>
      </header>
      <div id="side" data-open={menu}>
        <Navigation dead={stats.data?.dead ?? 0} onGo={() => setMenu(false)} />
        <Foot />
      </div>
      <main id="main" tabIndex={-1}>
        <Banners trouble={stats.data?.not_delivering ?? null} shortage={stats.data?.shortage?.text ?? null} />
        {session.value && <Shown />}
      </main>
      <SignIn />
      <Palette />
      <Help />
      <BulkHost />
      <Announcer />
    </>
  );
}
