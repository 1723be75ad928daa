'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { fileURLToPath } = require('node:url');
const { HookBridge, NotFoundError } = require('..');
const { Receiver } = require('./support/receiver.js');
const { open, until } = require('./support/outbox.js');

test('every operation has its method, with types', () => {
  const rows = require('../../../tests/conformance/operations.json');
  const types = fs.readFileSync(path.join(__dirname, '../index.d.ts'), 'utf8');
  assert.ok(rows.length > 30);
  for (const { method } of rows) {
    const name = method.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    assert.equal(typeof HookBridge.prototype[name], 'function', `${name} is missing`);
    assert.match(types, new RegExp(`^  ${name}\\(`, 'm'), `${name} has no type`);
  }
});

test('endpoints and their signing keys', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const client = open(t);
  const made = await client.createEndpoint(receiver.url, {
    description: 'orders',
    rateLimitRps: 50,
    headers: new Map([['X-Team', 'a']]),
  });
  assert.match(made.signingSecret, /^whsec_/);
  assert.ok(made.createdAt instanceof Date);
  const changed = await client.updateEndpoint(made.id, {
    description: '',
    retrySchedule: { slow: [5], fast: [1] },
    maxAttempts: 3,
  });
  assert.deepEqual([changed.rateLimitRps, changed.maxAttempts, changed.headers], [50, 3, { 'X-Team': 'a' }]);
  assert.deepEqual(changed.retrySchedule, { slow: [5], fast: [1] });
  assert.deepEqual(await client.getEndpoint(made.id), changed);
  const cleared = await client.updateEndpoint(made.id, { description: null, retrySchedule: null });
  assert.deepEqual([cleared.description, cleared.retrySchedule, cleared.maxAttempts], [null, null, 3]);
  assert.deepEqual(
    Array.from(await client.listEndpoints({ limit: 1 }), ({ id }) => id),
    [made.id],
  );
  const second = await client.createEndpointSigningKey(made.id);
  assert.deepEqual(
    (await client.listEndpointSigningKeys(made.id)).map(({ id }) => id),
    [made.signingKeyId, second.id],
  );
  assert.equal(await client.deleteEndpointSigningKey(made.id, second.id), undefined);
  assert.match((await client.rotateEndpointSecret(made.id)).signingSecret, /^whsec_/);
  assert.equal((await client.pauseEndpoint(made.id)).paused, true);
  const { messageId } = await client.send({ endpointId: made.id, payload: 1 });
  assert.equal((await client.resumeEndpoint(made.id)).messagesRequeued, 1);
  await receiver.received(1);
  await until(
    () => client.getMessage(messageId),
    ({ status }) => status === 'succeeded',
  );
  assert.equal(await client.deleteEndpoint(made.id), undefined);
  await assert.rejects(client.getEndpoint(made.id), NotFoundError);
});

test('messages, the dead letter queue, metrics, keys, exports and actors', async (t) => {
  let status = 500;
  const receiver = await Receiver.start(() => status);
  t.after(() => receiver.stop());
  const client = open(t, { retrySchedule: [3600], maxAttempts: 2 });
  const begun = new Date(Date.now() - 60_000);
  const { id: endpointId } = await client.createEndpoint(receiver.url);
  const { messageId } = await client.send({ endpointId, payload: { n: 1 } });
  const waiting = (id) =>
    until(
      () => client.getMessage(id),
      (message) => message.status === 'pending_retry',
    );
  assert.ok((await waiting(messageId)).nextAttemptAt > new Date());
  const [attempt] = await client.getMessageAttempts(messageId);
  assert.deepEqual([attempt.attemptNo, attempt.responseStatus], [1, 500]);
  assert.equal(attempt.requestHeaders['webhook-id'] ?? attempt.requestHeaders['Webhook-Id'], messageId);
  assert.equal((await client.cancelRetry(messageId)).status, 'failed_permanent');
  const dead = await client.getDlqMessages({ limit: 10 });
  assert.deepEqual(
    [dead.messages.map((message) => message.messageId), dead.hasMore, dead.nextCursor],
    [[messageId], false, null],
  );
  assert.equal((await client.replayFromDlq(messageId)).messageId, messageId);
  await waiting(messageId);
  assert.equal((await client.retryNow(messageId)).id, messageId);
  await until(
    () => client.getMessage(messageId),
    (message) => message.status === 'failed_permanent',
  );
  status = 200;
  assert.deepEqual((await client.replayAllMessages('failed_permanent', { endpointId })).replayedMessageIds, [
    messageId,
  ]);
  const delivered = () =>
    until(
      () => client.getMessage(messageId),
      (message) => message.status === 'succeeded',
    );
  await delivered();
  assert.equal((await client.replay(messageId)).status, 'queued');
  await delivered();
  assert.equal((await client.replayBatchMessages([messageId])).results[0].status, 'replayed');
  await delivered();

  const logs = await client.getLogs({ endpointId, status: 'succeeded', startTime: begun });
  assert.equal(logs[0].messageId, messageId);
  const metrics = await client.getMetrics('1h', { endpointId });
  assert.ok(metrics.succeeded >= 1 && metrics.window === '1h');
  assert.equal((await client.getMetrics()).window, '24h');
  assert.ok((await client.getTimeseriesMetrics('1h')).buckets[0].timestamp instanceof Date);

  const key = await client.createApiKey('test', { label: 'ci' });
  assert.match(key.key, /^hb_test_/);
  assert.equal((await client.listApiKeys())[0].keyId, key.keyId);
  const actors = await client.lookupActors({ apiKeyIds: [key.keyId], userIds: ['nobody'] });
  assert.equal(JSON.stringify(actors), JSON.stringify({ apiKeys: { [key.keyId]: { label: 'ci' } }, users: {} }));
  assert.equal((await client.lookupActors({ apiKeyIds: new Set([key.keyId]) })).users, null);
  await client.deleteApiKey(key.keyId);
  assert.deepEqual(await client.listApiKeys(), []);

  const made = await client.createExport({ startTime: begun, endTime: new Date(Date.now() + 60_000) });
  const written = await until(
    () => client.getExport(made.id),
    (file) => file.status === 'completed',
  );
  assert.deepEqual([written.rowCount, written.filterStartTime], [1, begun]);
  assert.match(fs.readFileSync(fileURLToPath(await client.downloadExport(made.id)), 'utf8'), new RegExp(messageId));
  assert.equal((await client.listExports()).length, 1);
  await client.deleteExport(made.id);

  assert.equal((await client.deleteMessage(messageId)).alreadyDeleted, false);
  const batch = await client.deleteMessagesBatch([messageId, '01a00000-0000-7000-8000-000000000000']);
  assert.deepEqual([batch.alreadyDeletedCount, batch.notFoundCount], [1, 1]);
  const other = await client.send({ endpointId, payload: 2 });
  await client.flush(60);
  const all = { status: 'succeeded', createdAfter: begun };
  assert.deepEqual((await client.deleteMessagesAll(all)).deletedMessageIds, [other.messageId]);
  assert.equal((await client.deleteMessagesAll({ status: ['queued', 'succeeded'] })).deleted, 0);
});
