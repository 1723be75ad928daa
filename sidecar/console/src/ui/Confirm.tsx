import type { ComponentChildren } from "preact";
import { useAction } from "../query.ts";
import { Dialog } from "./Dialog.tsx";
import { Failure } from "./states.tsx";

interface ConfirmProps {
  open: boolean;
  title: string;
  /** What the button says: the act itself. */
  act: string;
  danger?: boolean;
  onAct: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ open, title, act, danger, onAct, onClose, children }: ConfirmProps) {
  const action = useAction(async () => {
    await onAct();
    onClose();
  });
  const close = () => {
    action.clear();
    onClose();
  };
  return (
    <Dialog
      open={open}
      title={title}
      onClose={close}
      actions={
        <>
          <button type="button" onClick={close}>
            Keep
          </button>
          <button
            type="button"
            class={danger ? "danger" : "primary"}
            disabled={action.busy}
            onClick={() => void action.run()}
          >
            {act}
          </button>
        </>
      }
    >
      <div class="stack">
        {children}
        {action.error && <Failure error={action.error} />}
      </div>
    </Dialog>
  );
}
