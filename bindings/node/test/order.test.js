'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { RawJson } = require('..');
const { Receiver } = require('./support/receiver.js');
const { open } = require('./support/outbox.js');

test('an ordering key keeps the order', async (t) => {
  const receiver = await Receiver.start(() => (receiver.deliveries.length === 1 ? 500 : 200));
  t.after(() => receiver.stop());
  const client = open(t, { retrySchedule: [0.05] });
  const { id: endpointId } = await client.createEndpoint(receiver.url);
  const orderingKey = 'order-1';
  const payloads = [Buffer.from('{"n": 1.10}'), new RawJson('{"n": 2.20}'), 'three', { n: 4n }];
  for (const payload of payloads) {
    const sent = await client.send({ endpointId, payload, orderingKey, headers: { 'X-A': 'b' } });
    assert.equal(sent.status, 'queued');
    assert.equal((await client.getMessage(sent.messageId)).orderingKey, orderingKey);
  }
  await client.sendBatch([{ endpointId, payload: null, orderingKey }]);
  await receiver.received(6);
  assert.deepEqual(
    receiver.deliveries.map(({ body }) => body.toString()),
    ['{"n": 1.10}', '{"n": 1.10}', '{"n": 2.20}', '"three"', '{"n":4}', 'null'],
  );
  assert.equal(receiver.deliveries[0].headers['x-a'], 'b');
  await assert.rejects(client.send({ endpointId, payload: new RawJson('1,"x":2'), orderingKey }), /`payload`/);
  await assert.rejects(client.send({ endpointId, payload: undefined, orderingKey }), /`payload`/);
  await assert.rejects(client.send({ endpointId, payload: 1, orderingKey: 5 }), /`orderingKey` must be a string/);
});

test('a message waits for its time', async (t) => {
  const client = open(t);
  const { id: endpointId } = await client.createEndpoint('http://127.0.0.1:9/hooks');
  const deliverAt = new Date(Date.now() + 3_600_000);
  const expiresAt = new Date(deliverAt.getTime() + 1000);
  const sent = await client.send({ endpointId, payload: 1, deliverAt, expiresAt });
  const [batched] = await client.sendBatch([{ endpointId, payload: 1, deliverAt: deliverAt.toISOString(), expiresAt }]);
  for (const { messageId } of [sent, batched]) {
    const message = await client.getMessage(messageId);
    assert.deepEqual(
      [message.status, message.nextAttemptAt, message.deliverAt, message.expiresAt],
      ['queued', deliverAt, deliverAt, expiresAt],
    );
  }
  await assert.rejects(
    client.sendBatch([{ endpointId, payload: 1, deliverAt: 5 }]),
    /`messages\[0\]\.deliverAt` must be a Date/,
  );
});

test('an event goes to all that want it', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const client = open(t);
  const eventTypes = ['order.*'];
  await client.createEndpoint(receiver.url, { eventTypes });
  await client.createEndpoint(receiver.url, { eventTypes });
  const filter = [{ pointer: '/total', greater: 100 }];
  const above = await client.createEndpoint(receiver.url, { eventTypes, filter });
  assert.equal((await client.sendEvent('order.created', { total: 5 })).matched, 2);
  const deliveries = await receiver.received(2);
  for (const { headers, body } of deliveries) {
    assert.deepEqual([headers['x-webhook-event'], body.toString()], ['order.created', '{"total":5}']);
  }
  assert.equal((await client.sendEvent('order.created', new RawJson('{"total": 101.0}'))).matched, 3);
  assert.equal((await client.sendEvent('order.created', '{"total": 101}')).matched, 2);
  assert.equal((await client.sendEvent('user.created', null)).matched, 0);
  const paid = { type: 'order.paid', payload: { total: 101 }, expiresAt: new Date(Date.now() + 60_000) };
  const { results } = await client.sendEventBatch([paid, { type: '', payload: 1 }]);
  assert.equal(results[0].matched, 3);
  assert.ok(results[1].error);
  const { expiresAt } = await client.getEvent(results[0].eventId);
  assert.equal(expiresAt.getTime(), paid.expiresAt.getTime());
  const misspelt = { type: 'order.paid', payload: 1, ordering_key: 'k' };
  await assert.rejects(client.sendEventBatch([paid, misspelt]), /`events\[1\]` has no option `ordering_key`/);
  await assert.rejects(client.sendEventBatch([{ type: 7, payload: 1 }]), /`events\[0\]\.type` must be a string/);
  await receiver.received(10);
  assert.ok(receiver.deliveries.some(({ body }) => body.toString() === '{"total": 101.0}'));
  assert.equal((await client.checkSubscription('order.paid', { total: 7 }, { endpointId: above.id })).wanted, false);
  const schema = { type: 'object', required: ['total'] };
  await client.createEventType('order.created', { schema, example: { total: 1 } });
  assert.deepEqual((await client.getEventType('order.created')).schema, schema);
  const changed = await client.updateEventType('order.created', { example: null });
  assert.deepEqual([changed.schema, changed.example], [schema, null]);
});
