import type { ComponentChildren } from "preact";
import { go, href } from "../address.ts";

interface AProps {
  /** What stands behind `/console`. */
  to: string;
  children: ComponentChildren;
  id?: string | undefined;
  class?: string | undefined;
  title?: string | undefined;
  onClick?: () => void;
  "aria-current"?: "page" | "true" | undefined;
  "aria-label"?: string | undefined;
}

/** A link within the console. */
export function A({ to, children, onClick, ...rest }: AProps) {
  return (
    <a
      {...rest}
      href={href(to)}
      onClick={(event) => {
        const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (!plain) return;
        event.preventDefault();
        onClick?.();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
