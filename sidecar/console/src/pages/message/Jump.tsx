import { useEffect, useRef } from "preact/hooks";
import { go, patchQuery } from "../../address.ts";
import { aimOf, spanOf, withBeginning } from "../../jump.ts";
import { useAction } from "../../query.ts";
import { announce } from "../../ui/announce.tsx";

/** One box for whatever one has of a message. What is an id opens; anything else filters. */
export function Jump({ value }: { value: string | null }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.value = value ?? "";
  }, [value]);
  const jump = useAction(async () => {
    const aim = aimOf(box.current?.value ?? "");
    if (aim.kind === "endpoint") return go(`/endpoints/${aim.id}`);
    if (aim.kind === "event") return go(`/events/${aim.id}`);
    if (aim.kind === "message") return go(`/messages/${aim.id}`);
    if (aim.kind === "words") return patchQuery({ q: aim.text || null, cursor: null });
    const found = await withBeginning(aim.text);
    const only = found[0];
    if (only && found.length === 1) return go(`/messages/${only.message_id}`);
    if (!found.length) return patchQuery({ q: aim.text, cursor: null });
    announce(`${found.length} messages begin so`);
    patchQuery({ ...spanOf(aim.text), q: null, cursor: null });
  });
  return (
    <form
      class="jump"
      onSubmit={(event) => {
        event.preventDefault();
        void jump.run();
      }}
    >
      <input
        ref={box}
        type="search"
        aria-label="Message id or its beginning, endpoint id, or idempotency key"
        placeholder="Message id, ep_ id or idempotency key"
        spellcheck={false}
        autocomplete="off"
        defaultValue={value ?? ""}
        onInput={(event) => {
          if (!event.currentTarget.value && value) patchQuery({ q: null, cursor: null });
        }}
      />
      <button type="submit" disabled={jump.busy}>
        Find
      </button>
    </form>
  );
}
