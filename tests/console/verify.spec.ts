// What the check of a signature says of a delivery that is right, and of each way to get it wrong.

import { createHmac } from "node:crypto";
import { expect, type Page, test, until } from "./fixtures.ts";

interface Given {
  headers: Record<string, string>;
  body: string;
  secret: string;
}

async function check(page: Page, headers: Record<string, string>, body: string, computed = ""): Promise<void> {
  await page.getByLabel("Headers").fill(
    Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
  );
  await page.getByLabel("Body", { exact: true }).fill(body);
  await page.getByLabel(/^What your code computed/).fill(computed);
  await page.getByRole("button", { name: "Check the signature" }).click();
}

const hex = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest("hex");
const base64 = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest("base64");

/** Each cause, and a delivery that has it. */
const WRONG: [
  cause: string,
  make: (given: Given) => { headers?: Record<string, string>; body?: string; computed?: string },
][] = [
  ["payload_written_again", ({ body }) => ({ body: JSON.stringify(JSON.parse(body)) })],
  ["payload_space", ({ body }) => ({ body: `${body}\n` })],
  ["payload_changed", ({ body }) => ({ body: body.replace("ord_1", "ord_2") })],
  ["header_missing", () => ({ headers: { "content-type": "application/json" } })],
  [
    "header_malformed",
    ({ headers }) => ({ headers: { ...headers, "x-webhook-signature": "nonsense", "webhook-signature": "nonsense" } }),
  ],
  [
    "clock_off",
    ({ headers, secret, body }) => {
      const at = String(Number(headers["x-webhook-timestamp"]) - 3600);
      return {
        headers: {
          "x-webhook-id": headers["x-webhook-id"] ?? "",
          "x-webhook-timestamp": at,
          "x-webhook-signature": `sha256=${hex(secret, `${at}.${body}`)}`,
        },
      };
    },
  ],
  [
    "unknown_key",
    ({ headers, body }) => {
      const at = headers["x-webhook-timestamp"] ?? "";
      return {
        headers: {
          ...headers,
          "webhook-signature": "",
          "x-webhook-signature": `sha256=${hex("whsec_00000000000000000000000000000000", `${at}.${body}`)}`,
        },
      };
    },
  ],
  [
    "secret_cut",
    ({ headers, secret, body }) => ({ computed: hex(secret.slice(6), `${headers["x-webhook-timestamp"]}.${body}`) }),
  ],
  [
    "secret_not_decoded",
    ({ headers, secret, body }) => ({
      computed: `v1,${base64(secret, `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`)}`,
    }),
  ],
  [
    "encoding_wrong",
    ({ headers, secret, body }) => ({ computed: base64(secret, `${headers["x-webhook-timestamp"]}.${body}`) }),
  ],
  ["signed_wrong", ({ secret, body }) => ({ computed: `sha256=${hex(secret, body)}` })],
];

test("right for both schemes and during a rotation, and named for each mistake", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  test.setTimeout(120_000);
  const { id, signing_secret: secret } = await sidecar.endpoint(`${receiver.url}/ok/verify`, { description: "Orders" });
  const payload = '{"event": "order.created", "order_id": "ord_1", "total": 19.90}';
  await sidecar.send(id, payload);
  const delivery = await until(() => receiver.at("/ok/verify")[0], "it is delivered");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(delivery.headers)) if (/webhook/.test(name)) headers[name] = String(value);
  const given: Given = { headers, body: payload, secret };
  await open(`/verify?endpoint=${id}`);
  const finding = page.locator(".finding");

  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-")));
  const standard = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("webhook-")));
  for (const [some, scheme] of [
    [own, "X-Webhook-Signature"],
    [standard, "Standard Webhooks"],
  ] as const) {
    await check(page, some, payload);
    await expect(finding).toContainText("Valid");
    await expect(finding).toContainText(scheme);
    await expect(finding).toContainText(/sk_[0-9a-f]{32}/);
  }
  for (const [cause, make] of WRONG) {
    const wrong = make(given);
    await check(page, wrong.headers ?? headers, wrong.body ?? payload, wrong.computed);
    await expect(finding.locator("header code"), cause).toHaveText(cause);
  }

  // With two keys each signature has two values.
  await sidecar.ok("POST", `/v1/endpoints/${id}/signing-keys`);
  await sidecar.send(id, payload);
  const rotated = await until(() => receiver.at("/ok/verify")[1], "the second is delivered");
  const both = Object.fromEntries(
    Object.entries(rotated.headers)
      .filter(([name]) => /webhook/.test(name))
      .map(([name, value]) => [name, String(value)]),
  );
  expect(both["webhook-signature"]?.split(" ")).toHaveLength(2);
  await check(page, both, payload);
  await expect(finding).toContainText("Valid");
  await check(page, both, payload, both["x-webhook-signature"]?.split(",")[0]);
  await expect(finding.locator("header code")).toHaveText("values_not_split");

  // What no known mistake makes is said to be that.
  await check(page, both, payload, "sha256=00");
  await expect(finding).toContainText("fits no mistake that is known");

  // The key of another endpoint.
  const other = await sidecar.endpoint(`${receiver.url}/ok/other`);
  await open(`/verify?endpoint=${other.id}`);
  await check(page, headers, payload);
  await expect(finding.locator("header code")).toHaveText("other_endpoint");
});

test("takes the newest delivery as an example, and lets one try mistakes", async ({
  page,
  sidecar,
  receiver,
  open,
}) => {
  const { id } = await sidecar.endpoint(`${receiver.url}/ok/example`);
  await sidecar.reaches(await sidecar.send(id, '{"event": "order.created", "n": 7}'), "succeeded");
  await open(`/verify?endpoint=${id}`);
  await page.getByRole("button", { name: "Take its newest delivery" }).click();
  await expect(page.getByLabel("Body", { exact: true })).toHaveValue('{"event": "order.created", "n": 7}');
  await page.getByRole("button", { name: "Check the signature" }).click();
  await expect(page.locator(".finding")).toContainText("Valid");
  for (const [words, cause] of [
    ["add a newline", "payload_space"],
    ["write the JSON again", "payload_written_again"],
    ["change a digit", "payload_changed"],
  ]) {
    await page.getByRole("button", { name: "Take its newest delivery" }).click();
    await page.getByRole("button", { name: `Try it: ${words}` }).click();
    await page.getByRole("button", { name: "Check the signature" }).click();
    await expect(page.locator(".finding header code")).toHaveText(cause ?? "");
  }
  await page.getByLabel("Headers").fill("{not json");
  await page.getByRole("button", { name: "Check the signature" }).click();
  await expect(page.getByText("This begins as a JSON object and is none.")).toBeVisible();
});
