import { useState } from "preact/hooks";
import { Copy } from "./Copy.tsx";
import { Dialog } from "./Dialog.tsx";

export interface Shown {
  title: string;
  /** What the secret is, as in "signing secret". */
  what: string;
  secret: string;
  /** Where it belongs. */
  text: string;
}

/** Shows a secret once: it is gone when the dialog closes, and the dialog closes when one says that it is kept. */
export function Once({ shown, onKept }: { shown: Shown | null; onKept: () => void }) {
  const [kept, setKept] = useState(false);
  const close = () => {
    setKept(false);
    onKept();
  };
  return (
    <Dialog
      open={shown !== null}
      title={shown?.title ?? ""}
      onClose={close}
      firm
      actions={
        <button type="button" class="primary" disabled={!kept} onClick={close}>
          Done
        </button>
      }
    >
      {shown && (
        <div class="stack">
          <p>{shown.text}</p>
          <p class="secret">
            <code>{shown.secret}</code>
            <Copy text={shown.secret} label={shown.what} words="Copy" kind="primary" />
          </p>
          <p class="fine">It is not shown again: the outbox gives it to nobody after this.</p>
          <label class="check">
            <input type="checkbox" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />I have
            kept it
          </label>
        </div>
      )}
    </Dialog>
  );
}
