import type { Status } from "../api.ts";
import { statusWord } from "../words.ts";
import { Icon } from "./Icon.tsx";

const icons: Record<Status, string> = {
  queued: "queued",
  delivering: "delivering",
  pending_retry: "clock",
  succeeded: "check",
  failed_permanent: "cross",
};

/** A state by its word, its shape and its colour. */
export function StatusBadge({ status, deleted }: { status: Status; deleted?: boolean }) {
  return (
    <span class="badges">
      <span class={`badge ${status}`}>
        <Icon name={icons[status] ?? "info"} />
        {statusWord(status)}
      </span>
      {deleted && (
        <span class="badge deleted">
          <Icon name="trash" />
          Deleted
        </span>
      )}
    </span>
  );
}

/** Any other short state. */
export function Badge({
  tone,
  icon,
  children,
}: {
  tone: "good" | "bad" | "warn" | "plain";
  icon?: string;
  children: string;
}) {
  return (
    <span class={`badge ${tone}`}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}
