import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "./announce.tsx";
import { Icon } from "./Icon.tsx";

/** Copies through a field inside the open dialog, since plain http has no clipboard. */
function copyByField(text: string, near: HTMLElement): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  field.setAttribute("aria-hidden", "true");
  (near.closest("dialog") ?? document.body).append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  near.focus();
  return copied;
}

export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    if (!navigator.clipboard) return copyByField(text, near);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByField(text, near);
  }
}

interface CopyProps {
  /** What is copied; a function is asked when it is needed. */
  text: string | (() => string | Promise<string>);
  /** What it is, as in "Copy endpoint id". */
  label: string;
  /** Words beside the icon; without them the icon stands alone. */
  words?: string;
  kind?: "plain" | "primary";
}

export function Copy({ text, label, words, kind }: CopyProps) {
  const [state, setState] = useState<"" | "copied" | "failed">("");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (button: HTMLElement) => {
    const good = await copyText(typeof text === "string" ? text : await text(), button);
    setState(good ? "copied" : "failed");
    announce(good ? `Copied ${label}` : `Could not copy ${label}`);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState(""), 1600);
  };
  return (
    <button
      type="button"
      class={`copy ${words ? (kind ?? "plain") : "bare"}`}
      data-state={state}
      title={words ? undefined : `Copy ${label}`}
      aria-label={words ? undefined : `Copy ${label}`}
      onClick={(event) => copy(event.currentTarget)}
    >
      <Icon name={state === "copied" ? "check" : state === "failed" ? "cross" : "copy"} />
      {words && <span>{state === "copied" ? "Copied" : state === "failed" ? "Not copied" : words}</span>}
    </button>
  );
}
