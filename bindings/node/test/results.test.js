'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const util = require('node:util');
const { open } = require('./support/outbox.js');

const URL = 'http://127.0.0.1:9/hooks';

/** All that a program might print of a value by accident. */
function printed(value) {
  return [
    util.inspect(value),
    util.inspect(value, { showHidden: true, depth: null, customInspect: false }),
    util.format('%o %O %s', value, value, value),
    util.inspect({ nested: [value] }, { depth: null }),
    String(value),
  ].join('\n');
}

test('a secret is not printed, and is there for JSON, spreading and structuredClone', async (t) => {
  const client = open(t, { delivery: 'off', apiKey: 'hb_live_quiet' });
  const endpoint = await client.createEndpoint(URL);
  const rotated = await client.createEndpointSigningKey(endpoint.id);
  const key = await client.createApiKey('live');
  for (const [result, name, kind] of [
    [endpoint, 'signingSecret', 'CreateEndpointResponse'],
    [rotated, 'signingSecret', 'RotateSecretResponse'],
    [key, 'key', 'CreateApiKeyResponse'],
  ]) {
    const secret = result[name];
    assert.match(secret, /^(whsec|hb_live)_/);
    assert.ok(!printed(result).includes(secret), printed(result));
    assert.match(util.inspect(result), new RegExp(`^${kind} \\{`));
    assert.equal(JSON.parse(JSON.stringify(result))[name], secret);
    assert.equal({ ...result }[name], secret);
    assert.equal(structuredClone(result)[name], secret);
  }
  assert.ok(!printed(client).includes('quiet'));
});

test('a page is its items, and leads to the next', async (t) => {
  const client = open(t, { delivery: 'off' });
  const ids = [];
  for (let n = 0; n < 5; n += 1) {
    ids.unshift((await client.createEndpoint(`${URL}/${n}`)).id);
  }
  const page = await client.listEndpoints({ limit: 2 });
  assert.deepEqual([page.length, page.hasMore, page.endpoints.length], [2, true, 2]);
  assert.deepEqual(
    [page[0].id, page[1].id, page[2], page.at(-1).id, page.at(2)],
    [ids[0], ids[1], undefined, ids[1], undefined],
  );
  assert.deepEqual(
    [...page].map(({ id }) => id),
    ids.slice(0, 2),
  );
  assert.deepEqual(Object.keys(page), ['endpoints', 'hasMore', 'nextCursor']);
  assert.equal(JSON.parse(JSON.stringify(page)).endpoints[1].id, ids[1]);
  assert.match(util.inspect(page), /^ListEndpointsResponse \{\s+endpoints: \[\s+EndpointSummary \{/);

  const second = await page.nextPage();
  const byHand = await client.listEndpoints({ limit: 2, cursor: page.nextCursor });
  assert.deepEqual(second, byHand);
  const last = await second.nextPage();
  assert.deepEqual([last.length, last.hasMore, last.nextCursor, await last.nextPage()], [1, false, null, null]);
  const walked = [];
  for await (const { id } of client.iterEndpoints({ limit: 2 })) {
    walked.push(id);
  }
  assert.deepEqual(walked, ids);
});

test('logs and dead letters are walked over all their pages, each when it is reached', async (t) => {
  const client = open(t, { maxAttempts: 1 });
  const { id: endpointId } = await client.createEndpoint(URL);
  const { id: other } = await client.createEndpoint(URL);
  await client.sendBatch(Array.from({ length: 7 }, (_, n) => ({ endpointId, payload: n })));
  await client.send({ endpointId: other, payload: 'other' });
  assert.equal(await client.flush(60), true);
  const walk = async (items) => {
    const found = [];
    for await (const item of items) {
      found.push(item.messageId);
    }
    return found;
  };
  const logs = await client.getLogs({ endpointId });
  const all = logs.messages.map(({ messageId }) => messageId);
  assert.equal(all.length, 7);
  assert.deepEqual(await walk(client.iterLogs({ endpointId, limit: 3 })), all);
  assert.equal((await walk(client.iterLogs())).length, 8);
  assert.equal((await walk(client.iterDlqMessages({ limit: 3 }))).length, 8);
  const [attempt, ...more] = await client.getMessageAttempts(all[0]);
  assert.deepEqual([attempt.attemptNo, more.length], [1, 0]);

  // The rest is not asked for where somebody stops early.
  const calls = t.mock.method(client, 'getLogs');
  for await (const { messageId } of client.iterLogs({ endpointId, limit: 2 })) {
    if (messageId === all[3]) break;
  }
  assert.equal(calls.mock.callCount(), 2);
});

test('every method refuses an option that it does not have', async (t) => {
  const client = open(t, { delivery: 'off' });
  const text = 'x';
  const positional = {
    createEndpoint: [URL],
    deleteEndpointSigningKey: [text, text],
    replayBatchMessages: [[text]],
    deleteMessagesBatch: [[text]],
    replayAllMessages: ['failed_permanent'],
  };
  const none = ['constructor', 'send', 'sendSync', 'sendBatch', 'events', 'watch', 'flush', 'close'];
  const { prototype: own } = client.constructor;
  const names = [...Object.getOwnPropertyNames(own), ...Object.getOwnPropertyNames(Object.getPrototypeOf(own))];
  const methods = names.filter((name) => !none.includes(name));
  assert.ok(methods.length > 35, methods);
  for (const name of methods) {
    const leading = positional[name] ?? Array(client[name].length - 1).fill(text);
    const answer = client[name](...leading, { idempotencykey: 'x' });
    await assert.rejects(name.startsWith('iter') ? answer.next() : answer, (error) => {
      assert.deepEqual([error.name, error.code], ['ValidationError', 'INVALID_REQUEST'], name);
      assert.match(error.message, new RegExp(`^\`${name}\` has no option \`idempotencykey\`; it has`));
      return true;
    });
  }
  const message = { endpointId: text, payload: 1, idempotencykey: 'x' };
  const there =
    '`deliverAt`, `endpointId`, `expiresAt`, `headers`, `idempotencyKey`, `orderingKey`, `payload`, `retentionHours`';
  await assert.rejects(client.send(message), {
    message: `\`message\` has no option \`idempotencykey\`; it has: ${there}`,
  });
  await assert.rejects(client.sendBatch([message]), { message: /^`messages\[0\]` has no option `idempotencykey`/ });
  await assert.rejects(client.getLogs({ limt: 1 }), {
    message: /`limt`; it has: `cause`, `cursor`, `endTime`, `endpointId`,/,
  });
});

test('what the engine says of an argument has the name that the caller gave', async (t) => {
  const client = open(t, { delivery: 'off' });
  for (const [call, name] of [
    [() => client.createEndpoint(URL, { rateLimitRps: 5000 }), '`rateLimitRps`'],
    [() => client.lookupActors({}), '`userIds` and `apiKeyIds`'],
    [() => client.getLogs({ limit: 0 }), '`limit`'],
  ]) {
    await assert.rejects(call, (error) => {
      assert.equal(error.code, 'INVALID_REQUEST');
      assert.ok(error.message.includes(name), error.message);
      return true;
    });
  }
});
