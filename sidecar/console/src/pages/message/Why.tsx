import type { Schemas } from "../../api.ts";
import { invalidate, useAction } from "../../query.ts";
import { mayWrite } from "../../session.ts";
import { A } from "../../ui/A.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Failure } from "../../ui/states.tsx";
import { Time } from "../../ui/Time.tsx";
import { setPaused } from "../Endpoints.tsx";

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
        {reasons.map(
          ({ cause, message_id: other }) =>
            other && (
              <p key={cause}>
                <A to={`/messages/${other}`} title={other}>
                  {cause === "order_halted" ? "Open the message that halts the order" : "Open the message in front"}
                </A>
              </p>
            ),
        )}
        {changes ? (
          <p>
            It goes on <Time at={changes} how="relative" />, at <Time at={changes} how="clock" />.
          </p>
        ) : (
          progress === "waiting" && <p>When it goes on is not known: it takes an event, or a person.</p>
        )}
        {mayWrite() && reasons.some((reason) => reason.cause === "paused") && <Resume explanation={explanation} />}
      </div>
    </section>
  );
}

/** Where its endpoint is paused: what mends that. */
function Resume({
  explanation: { endpoint_id: endpoint, message_id: message },
}: {
  explanation: Schemas["Explanation"];
}) {
  const resume = useAction(async () => {
    await setPaused(endpoint, false);
    invalidate(`message/${message}`);
  });
  return (
    <>
      <p>
        <button type="button" disabled={resume.busy} onClick={() => void resume.run()}>
          <Icon name="play" /> Resume endpoint
        </button>
      </p>
      {resume.error && <Failure error={resume.error} />}
    </>
  );
}
