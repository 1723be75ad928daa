'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { once } = require('node:events');
const test = require('node:test');
const sdk = require('..');
const { open } = require('./support/outbox.js');

const UNKNOWN = 'ep_00000000000000000000000000000000';

/** That `promise` fails with just this class and code. */
async function refused(promise, Kind, code) {
  const error = await promise.then(
    (value) => assert.fail(`was taken: ${JSON.stringify(value)}`),
    (thrown) => thrown,
  );
  assert.equal(error.constructor, Kind, `${error}`);
  assert.ok(error instanceof sdk.HookBridgeError && error instanceof Error);
  assert.deepEqual([error.code, error.name], [code, Kind.name]);
  // What the engine has not seen has no id.
  assert.ok(error.message.length > 0 && /^(null|req_[0-9a-f]{32})$/.test(error.requestId));
  return error;
}

test('what is refused has its class, its code and the stack of the caller', async (t) => {
  const client = open(t);
  const { id: endpointId } = await client.createEndpoint('http://127.0.0.1:9/hooks');
  const send = (payload, rest = {}) => client.send({ endpointId, payload, ...rest });
  await refused(client.send({ endpointId: UNKNOWN, payload: 1 }), sdk.NotFoundError, 'ENDPOINT_NOT_FOUND');
  await refused(client.getMessage('nonsense'), sdk.NotFoundError, 'NOT_FOUND');
  await refused(client.createEndpoint('ftp://example.com'), sdk.ValidationError, 'INVALID_ENDPOINT');
  await refused(send(1, { headers: { 'bad name': 'x' } }), sdk.ValidationError, 'INVALID_HEADERS');
  await refused(send(1, { headers: { 'X-A': 1 } }), sdk.ValidationError, 'INVALID_HEADERS');
  await refused(send(1, { headers: 'X-A: 1' }), sdk.ValidationError, 'INVALID_HEADERS');
  await refused(send('x'.repeat(1_048_576)), sdk.ValidationError, 'PAYLOAD_TOO_LARGE');
  await refused(send(Buffer.from('{"a":')), sdk.ValidationError, 'INVALID_REQUEST');
  await refused(send(Buffer.from([0xff])), sdk.ValidationError, 'INVALID_REQUEST');
  await refused(
    client.sendBatch([{ endpointId, payload: Buffer.from([0xff]) }]),
    sdk.ValidationError,
    'INVALID_REQUEST',
  );
  await send(1, { idempotencyKey: 'k' });
  const error = await refused(send(2, { idempotencyKey: 'k' }), sdk.IdempotencyError, 'IDEMPOTENCY_MISMATCH');
  assert.deepEqual([error.statusCode, error.isRetryable], [409, false]);
  assert.match(error.stack, /errors\.test\.js/);
  await assert.rejects(client.send({ endpointId: UNKNOWN, payload: 1 }), /no such endpoint/);
});

test('what is no JSON is said before anything is sent', async (t) => {
  const client = open(t);
  const circle = { big: 1n };
  circle.self = circle;
  const broken = { toJSON: () => assert.fail('on purpose') };
  for (const payload of [undefined, () => 1, Symbol('x'), circle, broken]) {
    const error = await refused(client.send({ endpointId: UNKNOWN, payload }), sdk.ValidationError, 'INVALID_REQUEST');
    assert.match(error.message, /`payload` is not JSON/);
  }
  const update = client.updateEndpoint(UNKNOWN, { retrySchedule: circle });
  assert.match((await refused(update, sdk.ValidationError, 'INVALID_REQUEST')).message, /`retrySchedule` is not JSON/);
  for (const payload of [Buffer.from('1},{"endpointId":"x"'), new sdk.RawJson('{"a":')]) {
    const batch = client.sendBatch([{ endpointId: UNKNOWN, payload }]);
    const error = await refused(batch, sdk.ValidationError, 'INVALID_REQUEST');
    assert.match(error.message, /`messages\[0\]\.payload` is not JSON/);
  }
});

test('arguments of the wrong kind are a TypeError', async (t) => {
  const client = open(t);
  for (const wrong of [undefined, null, { payload: 1 }, { endpointId: 7, payload: 1 }]) {
    await assert.rejects(client.send(wrong), TypeError);
  }
  await assert.rejects(client.send({ endpointId: UNKNOWN, payload: 1, idempotencyKey: 7 }), TypeError);
  await assert.rejects(client.flush(-1), TypeError);
  await assert.rejects(client.close('soon'), TypeError);
  for (const [call, message] of [
    [() => client.getLogs('all'), 'the options of `getLogs` must be an object, not a string'],
    [() => client.createEndpoint({ url: 'https://example.com' }), '`url` must be a string, not an object'],
    [() => client.getMessage(), '`messageId` must be a string, not undefined'],
    [() => client.getMetrics({ endpointId: UNKNOWN }), '`window` must be a string, not an object'],
    [() => client.replayBatchMessages('id'), '`messageIds` must be an array of strings, not a string'],
    [() => client.deleteMessagesBatch(['id', 7]), '`messageIds[1]` must be a string, not a number'],
    [() => client.createExport({ endTime: new Date() }), '`startTime` must be a Date or RFC 3339 text, not undefined'],
    [
      () => client.deleteMessagesAll({ createdBefore: new Date('soon') }),
      '`createdBefore` must be a Date or RFC 3339 text, not an invalid one',
    ],
    [() => client.listEndpoints({ limit: NaN }), '`limit` must be a whole number, not NaN'],
    [() => client.listEndpoints({ limit: '5' }), '`limit` must be a whole number, not a string'],
    [() => client.getLogs({ endpointId: 5 }), '`endpointId` must be a string, not a number'],
    [() => client.sendBatch([null]), '`messages[0]` must be an object, not null'],
  ]) {
    await assert.rejects(call, { name: 'TypeError', message });
  }
  await refused(
    client.send({ endpointId: UNKNOWN, payload: 1, retentionHours: 1.5 }),
    sdk.ValidationError,
    'INVALID_REQUEST',
  );
  assert.throws(() => new sdk.HookBridge('key'), TypeError);
  assert.throws(() => new sdk.HookBridge(['key']), TypeError);
  assert.throws(() => new sdk.RawJson({}), TypeError);
});

test('a wrong setting is named', () => {
  for (const [options, name] of [
    [{ datebase: 'x' }, /^`HookBridge` has no option `datebase`; it has: .*`database`, .*`maxInFlight`/],
    [{ max_in_flight: 1 }, /`max_in_flight`/],
    [{ maxInFlight: 0 }, /`maxInFlight`/],
    [{ maxInFlight: NaN }, /`maxInFlight`/],
    [{ delivery: 'maybe' }, /`delivery`/],
    [{ baseUrl: 'https://example.com' }, /`apiKey`/],
  ]) {
    assert.throws(
      () => new sdk.HookBridge(options),
      (error) =>
        error.constructor === sdk.ValidationError && error.code === 'INVALID_CONFIGURATION' && name.test(error.message),
    );
  }
  assert.throws(
    () => new sdk.HookBridge({ database: '/nowhere/at/all.db' }),
    (error) => error.constructor === sdk.HookBridgeError && error.code === 'STORAGE_UNAVAILABLE',
  );
});

test('a closed client says so, and closes again', async (t) => {
  const client = open(t);
  assert.equal(await client.close(), true);
  assert.equal(await client.close(), true);
  const error = await refused(client.send({ endpointId: UNKNOWN, payload: 1 }), sdk.HookBridgeError, 'CLOSED');
  assert.equal(error.isRetryable, false);
  await refused(client.stats(), sdk.HookBridgeError, 'CLOSED');
  assert.throws(() => client.events(), { code: 'CLOSED' });
});

test('what a server says becomes the same classes', async () => {
  const answers = [
    [401, 'UNAUTHORIZED', {}],
    [429, 'RATE_LIMIT_EXCEEDED', { 'retry-after': '7' }],
  ];
  let answer = answers[0];
  const server = http.createServer((request, response) => {
    const [status, code, headers] = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: { code, message: 'no' }, meta: { request_id: 'req_1' } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const client = new sdk.HookBridge({ apiKey: 'hb_test_x', baseUrl, retries: 0 });
  const unauthorized = await client.listEndpoints().catch((error) => error);
  assert.deepEqual(
    [unauthorized.constructor, unauthorized.code, unauthorized.statusCode],
    [sdk.AuthenticationError, 'UNAUTHORIZED', 401],
  );
  assert.equal(unauthorized.requestId, 'req_1');
  answer = answers[1];
  const limited = await client.send({ endpointId: UNKNOWN, payload: 1 }).catch((error) => error);
  assert.deepEqual([limited.constructor, limited.retryAfter, limited.isRetryable], [sdk.RateLimitError, 7, true]);
  server.close();
  server.closeAllConnections();
  const network = await client.listEndpoints().catch((error) => error);
  assert.deepEqual([network.constructor, network.code, network.isRetryable], [sdk.NetworkError, 'NETWORK_ERROR', true]);
  await client.close();
});
