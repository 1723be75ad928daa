interface SegmentedProps<V extends string> {
  label: string;
  choices: { value: V; text: string }[];
  value: V;
  onChoose: (value: V) => void;
}

/** A few choices beside each other, one of which holds. */
export function Segmented<V extends string>({ label, choices, value, onChoose }: SegmentedProps<V>) {
  return (
    <fieldset class="segmented">
      <legend class="unseen">{label}</legend>
      {choices.map((choice) => (
        <button
          type="button"
          key={choice.value}
          aria-pressed={choice.value === value}
          onClick={() => onChoose(choice.value)}
        >
          {choice.text}
        </button>
      ))}
    </fieldset>
  );
}
