import { useState } from "preact/hooks";
import { api, done, type Endpoint, ok, type Schemas } from "../../api.ts";
import { invalidate, useAction, useRead } from "../../query.ts";
import { mayWrite } from "../../session.ts";
import { announce } from "../../ui/announce.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Id } from "../../ui/Id.tsx";
import { Once, type Shown } from "../../ui/Once.tsx";
import { Failure, Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/Time.tsx";

export function KeysTab({ endpoint }: { endpoint: Endpoint }) {
  const path = { endpoint_id: endpoint.id };
  const [shown, setShown] = useState<Shown | null>(null);
  const [leaving, setLeaving] = useState<Schemas["SigningKey"] | null>(null);
  const keys = useRead(`endpoint/${endpoint.id}/keys`, async (signal) =>
    ok(await api.GET("/v1/endpoints/{endpoint_id}/signing-keys", { params: { path }, signal })),
  );
  const add = useAction(async () => {
    const made = ok(await api.POST("/v1/endpoints/{endpoint_id}/signing-keys", { params: { path } }));
    setShown({
      title: "Keep the new signing secret",
      what: "signing secret",
      secret: made.signing_secret,
      text: "Give it to the receiver beside the old one.",
    });
    invalidate(`endpoint/${endpoint.id}/keys`);
  });
  return (
    <div class="stack">
      <Loaded read={keys} rows={2}>
        {(all) => (
          <section class="panel" aria-labelledby="signing">
            <header>
              <h2 id="signing">Signing keys</h2>
              <button type="button" disabled={!mayWrite() || add.busy || all.length > 1} onClick={() => void add.run()}>
                <Icon name="plus" /> Add a second key
              </button>
            </header>
            <section class="scroll" aria-label="Table of the signing keys" tabIndex={0}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">Key</th>
                    <th scope="col">Secret ends in</th>
                    <th scope="col">Created</th>
                    <th scope="col">
                      <span class="unseen">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {all.map((key) => (
                    <tr key={key.id}>
                      <td>
                        <Id kind="signing key" id={key.id} />
                      </td>
                      <td>
                        <code>…{key.key_hint}</code>
                      </td>
                      <td class="tight">
                        <Time at={key.created_at} />
                      </td>
                      <td class="num">
                        <button
                          type="button"
                          class="small danger"
                          disabled={!mayWrite() || all.length < 2}
                          title={all.length < 2 ? "It is the only one: add another first" : undefined}
                          onClick={() => setLeaving(key)}
                        >
                          Delete
                        </button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
            <footer class="fine">
              {all.length > 1
                ? "Every delivery is signed with both, the older first. When the receiver knows the newer one, delete the older."
                : "To rotate: add a second key, give it to the receiver, then delete the first. A secret is shown once, when it is made."}
            </footer>
          </section>
        )}
      </Loaded>
      {add.error && <Failure error={add.error} />}
      <Once shown={shown} onKept={() => setShown(null)} />
      <Confirm
        open={leaving !== null}
        title="Delete this signing key?"
        act="Delete key"
        danger
        onClose={() => setLeaving(null)}
        onAct={async () => {
          if (!leaving) return;
          done(
            await api.DELETE("/v1/endpoints/{endpoint_id}/signing-keys/{key_id}", {
              params: { path: { ...path, key_id: leaving.id } },
            }),
          );
          invalidate(`endpoint/${endpoint.id}/keys`);
          announce("Signing key deleted");
        }}
      >
        <p>
          From the next attempt on nothing is signed with the secret that ends in <code>…{leaving?.key_hint}</code>. A
          receiver that knows only this one refuses what comes.
        </p>
      </Confirm>
    </div>
  );
}
