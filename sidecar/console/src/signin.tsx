import { useRef } from "preact/hooks";
import { useAction } from "./query.ts";
import { signedOut, signIn } from "./session.ts";
import { Dialog } from "./ui/Dialog.tsx";
import { Field } from "./ui/Field.tsx";

const never = () => undefined;

/** Stands over the page, so that what was typed below it is kept. */
export function SignIn() {
  const key = useRef<HTMLInputElement>(null);
  const enter = useAction(async () => {
    const typed = key.current?.value.trim() ?? "";
    await signIn({ key: typed });
    if (key.current) key.current.value = "";
  });
  const refused = enter.error && (enter.error.status === 401 ? "This outbox has no such key." : enter.error.message);
  return (
    <Dialog open={signedOut.value} title="Sign in" onClose={never} firm>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void enter.run();
        }}
      >
        <Field
          label="API key"
          hint="It begins with hb_live_ or hb_test_. It is exchanged for a session of this browser and then forgotten."
          error={refused}
        >
          <input ref={key} type="password" autocomplete="current-password" spellcheck={false} required autofocus />
        </Field>
        <button type="submit" class="primary" disabled={enter.busy}>
          {enter.busy ? "Signing in…" : "Sign in"}
        </button>
        <p class="hint">
          No key at hand? On the sidecar's machine, <code>hookbridge console</code> opens this page signed in.
        </p>
      </form>
    </Dialog>
  );
}
