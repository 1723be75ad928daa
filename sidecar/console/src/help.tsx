import { helpOpen } from "./keyboard.tsx";
import { pages } from "./pages.ts";
import { Dialog } from "./ui/Dialog.tsx";

const everywhere: [string[], string][] = [
  [["Ctrl", "K"], "Go to a page, an endpoint, an event or a message"],
  [["/"], "Search on this page"],
  [["j"], "Next row"],
  [["k"], "Row before"],
  [["x"], "Choose the row"],
  [["Enter"], "Open the row"],
  [["n"], "New endpoint"],
  [["?"], "This list"],
];

const Line = ({ keys, words }: { keys: string[]; words: string }) => (
  <>
    <dt>
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </dt>
    <dd>{words}</dd>
  </>
);

export const Help = () => (
  <Dialog
    open={helpOpen.value}
    title="Keyboard"
    wide
    onClose={() => {
      helpOpen.value = false;
    }}
  >
    <div class="columns">
      <dl class="keys">
        {everywhere.map(([keys, words]) => (
          <Line key={words} keys={keys} words={words} />
        ))}
      </dl>
      <dl class="keys">
        {pages.flatMap(({ nav, title }) => (nav ? [<Line key={title} keys={["g", nav.key]} words={title} />] : []))}
      </dl>
    </div>
  </Dialog>
);
