const sprite = document.getElementById("icons")?.getAttribute("href") ?? "";

/** An icon beside words; it is never the only sign. */
export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" aria-hidden="true" focusable="false">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
