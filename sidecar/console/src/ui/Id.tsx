import { A } from "./A.tsx";
import { Copy } from "./Copy.tsx";

const places = { endpoint: "/endpoints/", message: "/messages/", event: "/events/" } as const;

interface IdProps {
  kind: "endpoint" | "message" | "event" | "signing key" | "API key" | "attempt" | "export" | "request";
  id: string;
  /** Shows its beginning and its end only; what is copied is the whole. */
  short?: boolean;
  link?: boolean;
}

export const shortId = (id: string) => (id.length > 16 ? `${id.slice(0, 8)}…${id.slice(-6)}` : id);

/** An id that can be copied, and that leads to what it names. */
export function Id({ kind, id, short, link = true }: IdProps) {
  const text = short ? shortId(id) : id;
  const place = link && kind in places ? places[kind as keyof typeof places] : undefined;
  return (
    <span class="id">
      {place ? (
        <A to={place + id} title={short ? id : undefined}>
          <code>{text}</code>
        </A>
      ) : (
        <code title={short ? id : undefined}>{text}</code>
      )}
      <Copy text={id} label={`${kind} id`} />
    </span>
  );
}
