import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "./Icon.tsx";

interface DialogProps {
  open: boolean;
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Buttons at its foot. */
  actions?: ComponentChildren;
  /** Neither Escape nor the cross closes it. */
  firm?: boolean;
  wide?: boolean;
}

/** A modal dialog; the focus returns to what opened it. */
export function Dialog({ open, title, onClose, children, actions, firm, wide }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const opener = useRef<Element | null>(null);
  const id = useId();

  useEffect(() => {
    const dialog = box.current;
    if (!dialog || !open) return;
    opener.current = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      const { current } = opener;
      if (current instanceof HTMLElement && current.isConnected) current.focus();
      else document.getElementById("title")?.focus();
    };
  }, [open]);

  if (!open) return null;
  return (
    <dialog
      ref={box}
      class={wide ? "wide" : undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!firm) onClose();
      }}
      onKeyDown={(event) => {
        // A browser closes a dialog on the second Escape whatever `cancel` says.
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        if (!firm) onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {!firm && (
          <button type="button" class="bare" aria-label="Close" onClick={onClose}>
            <Icon name="cross" />
          </button>
        )}
      </header>
      <div class="body">{children}</div>
      {actions && <footer>{actions}</footer>}
    </dialog>
  );
}
