// What stands in the place of rows: waiting, nothing, trouble, and rows that are old.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../api.ts";
import { adviceFor } from "../codes.ts";
import type { Read } from "../query.ts";
import { duration } from "../words.ts";
import { Copy } from "./Copy.tsx";
import { Icon } from "./Icon.tsx";
import { now } from "./Time.tsx";

/** Grey rows, after a moment: what is fast shows none. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeleton" aria-busy="true" data-late={late}>
      <span class="unseen">Loading</span>
      {late && Array.from({ length: rows }, (_, i) => <div key={i} />)}
    </div>
  );
}

export function Empty({
  title,
  children,
  icon = "info",
}: {
  title: string;
  children?: ComponentChildren;
  icon?: string;
}) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** A refusal: its code, its sentence, what to do, the request's id, and again. */
export function Failure({ error, retry }: { error: ApiError; retry?: (() => void) | undefined }) {
  return (
    <div class="failure" role="alert">
      <Icon name="warn" />
      <div>
        <p>
          <strong>{error.message}</strong>
        </p>
        <p>{adviceFor(error)}</p>
        <p class="fine">
          <code>{error.code}</code>
          {error.requestId && (
            <>
              {" · request "}
              <code>{error.requestId}</code> <Copy text={error.requestId} label="request id" />
            </>
          )}
          {error.retryAfter !== null && ` · may be asked again in ${duration(error.retryAfter)}`}
        </p>
      </div>
      {retry && (
        <button type="button" onClick={retry}>
          Retry
        </button>
      )}
    </div>
  );
}

/** Says that what is shown is old, and why. */
export function Stale({ read }: { read: Pick<Read<unknown>, "error" | "staleSince" | "reload"> }) {
  if (!read.error || read.staleSince === undefined) return null;
  return (
    <div class="stale">
      <Icon name="warn" />
      <span>
        <span role="status">{read.error.message}</span> Last read {duration((now.value - read.staleSince) / 1000)} ago.{" "}
        <code>{read.error.code}</code>
      </span>
      <button type="button" class="small" onClick={read.reload}>
        Retry
      </button>
    </div>
  );
}

/** One of the three, or what `children` makes of the data. */
export function Loaded<T>({
  read,
  rows,
  children,
}: {
  read: Read<T>;
  rows?: number;
  children: (data: T) => ComponentChildren;
}) {
  if (read.data === undefined) {
    return read.error ? <Failure error={read.error} retry={read.reload} /> : <Skeleton {...(rows ? { rows } : {})} />;
  }
  return (
    <>
      <Stale read={read} />
      <div class={read.error ? "old" : undefined}>{children(read.data)}</div>
    </>
  );
}
