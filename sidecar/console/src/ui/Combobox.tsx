import { useId, useRef, useState } from "preact/hooks";

export interface Option {
  value: string;
  text: string;
  /** Smaller, behind the text. */
  detail?: string;
}

interface ComboboxProps {
  id?: string;
  label?: string;
  value: string;
  options: Option[];
  onChoose: (value: string) => void;
  placeholder?: string;
  /** What the empty choice is called; without it one has to choose. */
  none?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

/** A field that is chosen by typing: the list combobox of the APG. */
export function Combobox({ label, value, options, onChoose, placeholder, none, ...field }: ComboboxProps) {
  const made = useId();
  const id = field.id ?? made;
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(-1);
  const list = useRef<HTMLDivElement>(null);
  const open = typed !== null;
  const chosen = options.find((option) => option.value === value);
  const all: Option[] = none === undefined ? options : [{ value: "", text: none }, ...options];
  const words = (typed ?? "").toLowerCase();
  const found = all
    .filter((option) => `${option.text} ${option.detail ?? ""} ${option.value}`.toLowerCase().includes(words))
    .slice(0, 50);

  const close = () => {
    setTyped(null);
    setAt(-1);
  };
  const choose = (option: Option) => {
    onChoose(option.value);
    close();
  };
  const moveTo = (to: number) => {
    setAt(to);
    list.current?.children[to]?.scrollIntoView({ block: "nearest" });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) setTyped("");
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (found.length) moveTo((at + step + found.length) % found.length);
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      const option = found[at] ?? (found.length === 1 ? found[0] : undefined);
      if (option) choose(option);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };

  return (
    <div class="combobox">
      <input
        {...field}
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-label={label}
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && at >= 0 ? `${id}-${at}` : undefined}
        placeholder={chosen?.text ?? none ?? placeholder}
        value={typed ?? (chosen?.text || value)}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(-1);
        }}
        onFocus={(event) => event.currentTarget.select()}
        onClick={() => setTyped(typed ?? "")}
        onKeyDown={onKey}
        onBlur={close}
      />
      <div id={`${id}-list`} ref={list} role="listbox" aria-label={label ?? "Choices"} hidden={!open}>
        {open &&
          found.map((option, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
            <div
              key={option.value}
              id={`${id}-${index}`}
              tabIndex={-1}
              role="option"
              aria-selected={index === at}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(option)}
            >
              {option.text}
              {option.detail && <small>{option.detail}</small>}
            </div>
          ))}
        {open && !found.length && (
          <div class="none" role="option" tabIndex={-1} aria-selected={false} aria-disabled="true">
            Nothing matches
          </div>
        )}
      </div>
    </div>
  );
}
