import { useState } from "preact/hooks";
import { api, type Message, ok } from "../../api.ts";
import { invalidate, useAction } from "../../query.ts";
import { announce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Failure } from "../../ui/states.tsx";
import { forField, fromField } from "../../when.ts";

/** Moves a scheduled message to another moment. */
export function Reschedule({ message, onClose }: { message: Message; onClose: () => void }) {
  const [at, setAt] = useState(() => forField(message.deliver_at));
  const moment = fromField(at);
  const move = useAction(async () => {
    if (!moment) return;
    const path = { message_id: message.id };
    ok(await api.POST("/v1/messages/{message_id}/reschedule", { params: { path }, body: { deliver_at: moment } }));
    announce("Rescheduled");
    invalidate(`message/${message.id}`);
    onClose();
  });
  const wrong = move.error?.code === "INVALID_REQUEST" ? move.error.message : undefined;
  return (
    <Dialog
      open
      title="Reschedule the message"
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
          <button type="button" class="primary" disabled={move.busy || !moment} onClick={() => void move.run()}>
            Reschedule
          </button>
        </>
      }
    >
      <form
        class="stack form"
        onSubmit={(event) => {
          event.preventDefault();
          void move.run();
        }}
      >
        <Field label="Not before" hint="At most a year ahead. A moment that is past is at once." error={wrong}>
          <input
            type="datetime-local"
            step={1}
            required
            autofocus
            value={at}
            onInput={(event) => setAt(event.currentTarget.value)}
          />
        </Field>
        {move.error && !wrong && <Failure error={move.error} />}
      </form>
    </Dialog>
  );
}
