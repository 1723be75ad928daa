import type { Schemas } from "../../api.ts";
import { Icon } from "../../ui/Icon.tsx";
import { Time } from "../../ui/Time.tsx";

const icons: Record<Schemas["Progress"], string> = {
  waiting: "hourglass",
  being_attempted: "delivering",
  delivered: "check",
  given_up: "cross",
  deleted: "trash",
};

/** Why the message is where it is, in one sentence; what else holds it; and when that changes. */
export function Why({ explanation }: { explanation: Schemas["Explanation"] }) {
  const { progress, sentence, reasons, changes_at: changes } = explanation;
  const others = reasons.filter((reason) => reason.sentence !== sentence);
  return (
    <section class={`why ${progress}`} aria-label="Why it is where it is">
      <Icon name={icons[progress]} />
      <div>
        <p class="sentence">{sentence}</p>
        {others.length > 0 && (
          <ul>
            {others.map((reason) => (
              <li key={reason.cause}>
                {reason.sentence}
                {reason.until && (
                  <>
                    {" "}
                    (<Time at={reason.until} how="relative" />)
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
        {changes ? (
          <p>
            It goes on <Time at={changes} how="relative" />, at <Time at={changes} how="clock" />.
          </p>
        ) : (
          progress === "waiting" && <p>When it goes on is not known: it takes an event, or a person.</p>
        )}
      </div>
    </section>
  );
}
