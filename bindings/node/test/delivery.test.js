'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { RawJson } = require('..');
const { Receiver, signatures } = require('./support/receiver.js');
const { open, until } = require('./support/outbox.js');

test('a message is delivered once, signed both ways, with its headers', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const client = open(t, { apiKey: 'hb_live_any' });
  const endpoint = await client.createEndpoint(receiver.url);
  const result = await client.send({
    endpointId: endpoint.id,
    payload: { event: 'order.created', order_id: 'ord_123', note: '☃ 😀' },
    headers: { 'X-Source': 'billing' },
    idempotencyKey: 'order-123',
  });
  assert.equal(result.status, 'queued');
  const [delivery] = await receiver.received(1);
  assert.equal(await client.flush(60), true);
  assert.equal(receiver.deliveries.length, 1);
  assert.equal(delivery.body.toString(), '{"event":"order.created","order_id":"ord_123","note":"☃ 😀"}');
  assert.equal(delivery.headers['x-source'], 'billing');
  assert.equal(delivery.headers['webhook-id'], result.messageId);
  const stamp = delivery.headers['webhook-timestamp'];
  const expected = signatures([endpoint.signingSecret], result.messageId, stamp, delivery.body);
  assert.equal(delivery.headers['webhook-signature'], expected.standard);
  const plain = signatures([endpoint.signingSecret], '', delivery.headers['x-webhook-timestamp'], delivery.body);
  assert.equal(delivery.headers['x-webhook-signature'], plain.webhook);
  const message = await until(
    () => client.getMessage(result.messageId),
    ({ status }) => status === 'succeeded',
  );
  assert.ok(message.deliveredAt instanceof Date && message.createdAt <= message.deliveredAt);
  const again = await client.send({ endpointId: endpoint.id, payload: delivery.body, idempotencyKey: 'order-123' });
  assert.equal(again.messageId, result.messageId);
});

test('the signatures of the shared vectors', () => {
  const vectors = require('../../../tests/conformance/signatures.json');
  assert.ok(vectors.length >= 4);
  for (const { secrets, message_id: id, timestamp, body, webhook, standard } of vectors) {
    assert.deepEqual(signatures(secrets, id, timestamp, body), { webhook, standard });
  }
});

test('payloads arrive as they were given', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const client = open(t);
  const { id: endpointId } = await client.createEndpoint(receiver.url);
  const cyclicTwin = { n: 1n };
  const cases = [
    [Buffer.from(' {"x": 1.10, "n": 9007199254740993} '), ' {"x": 1.10, "n": 9007199254740993} '],
    [new Uint8Array(Buffer.from('..[1e400]')).subarray(2), '[1e400]'],
    [new TextEncoder().encode('"bytes"').buffer, '"bytes"'],
    ['text', '"text"'],
    ['{"text": 1.10}', '"{\\"text\\": 1.10}"'],
    [new RawJson('{"price": 1.10}'), '{"price": 1.10}'],
    [new RawJson(Buffer.from('{"price": 2.20}')), '{"price": 2.20}'],
    [null, 'null'],
    [0, '0'],
    [
      { big: 2n ** 64n, list: [-1n, '7n'], twice: [cyclicTwin, cyclicTwin] },
      '{"big":18446744073709551616,"list":[-1,"7n"],"twice":[{"n":1},{"n":1}]}',
    ],
    [{ at: new Date(0), gone: undefined, lone: '\ud800' }, '{"at":"1970-01-01T00:00:00.000Z","lone":"\\ud800"}'],
    ['x'.repeat(1_000_000), JSON.stringify('x'.repeat(1_000_000))],
  ];
  for (const [payload] of cases) {
    await client.send({ endpointId, payload });
  }
  const bodies = new Set((await receiver.received(cases.length)).map(({ body }) => body.toString()));
  assert.deepEqual(
    cases.map(([, body]) => body).filter((body) => !bodies.has(body)),
    [],
  );
});

test('a batch has each its outcome', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const client = open(t);
  const { id: endpointId } = await client.createEndpoint(receiver.url);
  const results = await client.sendBatch([
    { endpointId, payload: Buffer.from('{"n": 1.10}'), headers: new Map([['X-A', 'u']]) },
    { endpointId: 'ep_00000000000000000000000000000000', payload: 1 },
    { endpointId, payload: { n: 2n }, idempotencyKey: 'two', retentionHours: 5 },
    { endpointId, payload: new RawJson('{"n": 3.30}') },
  ]);
  assert.equal(results.length, 4);
  assert.equal(results[1].code, 'ENDPOINT_NOT_FOUND');
  const deliveries = await receiver.received(3);
  assert.deepEqual(deliveries.map(({ body }) => body.toString()).sort(), ['{"n": 1.10}', '{"n": 3.30}', '{"n":2}']);
  assert.ok(deliveries.some(({ headers }) => headers['x-a'] === 'u'));
  assert.equal((await client.getMessage(results[2].messageId)).idempotencyKey, 'two');
});

test('a thousand sends at once are each delivered once', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const client = open(t);
  const { id: endpointId } = await client.createEndpoint(receiver.url);
  const sent = await Promise.all(Array.from({ length: 1000 }, (_, n) => client.send({ endpointId, payload: { n } })));
  const ids = sent.map(({ messageId }) => messageId);
  assert.equal(new Set(ids).size, 1000);
  await receiver.received(1000);
  assert.equal(await client.flush(60), true);
  assert.deepEqual(receiver.deliveries.map(({ headers }) => headers['webhook-id']).sort(), ids.sort());
  assert.equal((await client.stats()).queued, 0);
});

test('events come as things happen, until the client is closed', async (t) => {
  let status = 500;
  const receiver = await Receiver.start(() => status);
  t.after(() => receiver.stop());
  const client = open(t, { retrySchedule: [0.05], maxAttempts: 2 });
  const { id: endpointId } = await client.createEndpoint(receiver.url);
  const events = client.events();
  assert.equal(await events.next(0), null);
  const dead = await client.send({ endpointId, payload: 1 });
  const first = await events.next(60);
  assert.deepEqual([first.kind, first.messageId, first.responseStatus], ['attempt_failed', dead.messageId, 500]);
  assert.ok(first.nextAttemptAt instanceof Date);
  assert.equal((await events.next(60)).kind, 'message_dead');
  status = 200;
  await client.replayFromDlq(dead.messageId);
  const seen = [];
  for await (const event of events) {
    seen.push(event.kind);
    void client.close();
  }
  assert.deepEqual(seen, ['message_delivered']);
  assert.equal(events.dropped, 0);
  assert.equal(await events.next(), null);
});

test('events that nobody wants any more', async (t) => {
  const client = open(t);
  const events = client.events();
  const waits = [events.next(), events.next(600)];
  events.close();
  assert.deepEqual(await Promise.all(waits), [null, null]);
});
