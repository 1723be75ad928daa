import { useEffect, useRef } from "preact/hooks";

interface TypedProps {
  type: "text" | "search" | "datetime-local";
  value: string;
  onDone: (text: string) => void;
  id?: string;
  maxLength?: number;
  step?: number;
  placeholder?: string | undefined;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

/** A field whose text counts once one is done with it. What is being typed stays, whatever is read meanwhile. */
export function Typed({ type, value, onDone, ...rest }: TypedProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.value = value;
  }, [value]);
  return (
    <input
      spellcheck={false}
      autocomplete="off"
      {...rest}
      // The types of the element tell each kind of field apart; what is set here belongs to all of them.
      type={type as "text"}
      ref={box}
      defaultValue={value}
      onChange={(event) => onDone(event.currentTarget.value)}
    />
  );
}
