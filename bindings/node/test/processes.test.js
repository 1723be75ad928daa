'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const test = require('node:test');
const { Worker } = require('node:worker_threads');
const { HookBridge } = require('..');
const { Receiver } = require('./support/receiver.js');
const { folder, open } = require('./support/outbox.js');
const { run, start } = require('./support/program.js');

const PACKAGE = path.join(__dirname, '..');

test('what was acknowledged outlives SIGKILL', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const directory = folder();
  const child = start(
    `
    const client = new sdk.HookBridge({ database: process.argv[1], delivery: 'off', allowLocalEndpoints: true });
    const { id: endpointId } = await client.createEndpoint(process.argv[2]);
    for (let n = 0; ; n += 1) {
      const sent = Array.from({ length: 20 }, () => client.send({ endpointId, payload: n }));
      for (const { messageId } of await Promise.all(sent)) process.stdout.write(messageId + '\\n');
    }
    `,
    path.join(directory, 'outbox.db'),
    receiver.url,
  );
  const acknowledged = [];
  for await (const id of readline.createInterface({ input: child.stdout })) {
    if (id.length === 36) acknowledged.push(id);
    if (acknowledged.length === 300) child.kill('SIGKILL');
  }
  assert.ok(acknowledged.length >= 300);
  const client = open(t, { in: directory });
  assert.equal(await client.flush(60), true);
  const delivered = new Set(receiver.deliveries.map(({ headers }) => headers['webhook-id']));
  assert.deepEqual(
    acknowledged.filter((id) => !delivered.has(id)),
    [],
  );
});

test('a program that ends without a close delivers in its own run, each message once', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const directory = folder();
  const first = open(t, { in: directory, delivery: 'off' });
  const { id: endpointId } = await first.createEndpoint(receiver.url);
  await first.close();
  const send = `
    const client = new sdk.HookBridge({ database: process.argv[1], allowLocalEndpoints: true });
    const sent = Array.from({ length: 50 }, (_, n) => client.send({ endpointId: process.argv[2], payload: n }));
    for (const { messageId } of await Promise.all(sent)) console.log(messageId);
  `;
  for (const end of ['', 'process.exit(0);']) {
    const { output, status } = await run(send + end, path.join(directory, 'outbox.db'), endpointId);
    assert.equal(status, 0);
    const delivered = receiver.deliveries.splice(0).map(({ headers }) => headers['webhook-id']);
    assert.deepEqual(delivered.sort(), output.split('\n').sort());
  }
  const next = open(t, { in: directory });
  assert.equal(await next.flush(60), true);
  assert.deepEqual(receiver.deliveries, []);
});

test('a receiver that does not answer holds an exit no longer than it may', async (t) => {
  const receiver = await Receiver.start(() => new Promise(() => {}));
  t.after(() => receiver.stop());
  const begun = performance.now();
  const { status } = await run(
    `
    const client = new sdk.HookBridge({ database: process.argv[1], allowLocalEndpoints: true, exitTimeout: 0.2 });
    const { id: endpointId } = await client.createEndpoint(process.argv[2]);
    await client.send({ endpointId, payload: 1 });
    `,
    path.join(folder(), 'outbox.db'),
    receiver.url,
  );
  assert.equal(status, 0);
  assert.ok(performance.now() - begun < 20_000);
});

test('one process enqueues, another delivers', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const directory = folder();
  const deliverer = open(t, { in: directory });
  const { id: endpointId } = await deliverer.createEndpoint(receiver.url);
  const { output, status } = await run(
    `
    const client = new sdk.HookBridge({ database: process.argv[1], delivery: 'off', allowLocalEndpoints: true });
    const { messageId } = await client.send({ endpointId: process.argv[2], payload: { from: 'another' } });
    console.log(messageId);
    await client.close();
    `,
    path.join(directory, 'outbox.db'),
    endpointId,
  );
  assert.equal(status, 0);
  const [delivery] = await receiver.received(1);
  assert.equal(delivery.headers['webhook-id'], output);
});

test('closed and opened again, the rest is delivered', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const directory = folder();
  const first = open(t, { in: directory, delivery: 'off' });
  const { id: endpointId } = await first.createEndpoint(receiver.url);
  await Promise.all(Array.from({ length: 50 }, (_, n) => first.send({ endpointId, payload: n })));
  assert.equal(await first.close(), true);
  const second = open(t, { in: directory });
  await receiver.received(50);
  assert.equal(await second.flush(60), true);
  assert.equal(receiver.deliveries.length, 50);
});

test('workers use the package, end in the midst of it, and harm nobody', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const directory = folder();
  const client = open(t, { in: directory });
  const { id: endpointId } = await client.createEndpoint(receiver.url);
  const source = `
    const { workerData, parentPort } = require('node:worker_threads');
    const { HookBridge } = require(workerData.package);
    (async () => {
      const client = new HookBridge({ database: workerData.database, allowLocalEndpoints: true, durability: 'normal' });
      const send = (n) => client.send({ endpointId: workerData.endpointId, payload: n });
      for (let n = 0; n < 50; n += 1) parentPort.postMessage((await send(n)).messageId);
      if (workerData.stays) {
        void client.events().next();
        for (let n = 0; ; n += 1) parentPort.postMessage((await send(n)).messageId);
      }
    })();
  `;
  const acknowledged = [];
  const work = async (stays) => {
    const workerData = { package: PACKAGE, database: path.join(directory, 'outbox.db'), endpointId, stays };
    const worker = new Worker(source, { eval: true, workerData });
    let own = 0;
    worker.on('message', (id) => {
      acknowledged.push(id);
      own += 1;
      if (stays && own === 60) void worker.terminate();
    });
    await once(worker, 'exit');
  };
  await Promise.all([work(false), work(false), work(true), work(true)]);
  await work(false);
  assert.ok(acknowledged.length >= 270);
  const { messageId } = await client.send({ endpointId, payload: 'still here' });
  assert.equal(await client.flush(60), true);
  const delivered = new Set(receiver.deliveries.map(({ headers }) => headers['webhook-id']));
  assert.deepEqual(
    [...acknowledged, messageId].filter((id) => !delivered.has(id)),
    [],
  );
});

test('two copies of the package share a process, each with a file of its own', async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const copy = path.join(folder(), 'copy');
  fs.cpSync(PACKAGE, copy, {
    recursive: true,
    filter: (source) => !/node_modules|test|npm|src/.test(path.relative(PACKAGE, source)),
  });
  const other = require(copy);
  assert.notEqual(other.HookBridge, HookBridge);
  const ourFolder = folder();
  const ours = open(t, { in: ourFolder });
  assert.throws(
    () => new other.HookBridge({ database: path.join(ourFolder, 'outbox.db') }),
    (error) => error.code === 'STORAGE_UNAVAILABLE' && /another copy of this library/.test(error.message),
  );
  const theirs = new other.HookBridge({ database: path.join(folder(), 'outbox.db'), allowLocalEndpoints: true });
  const { id: endpointId } = await ours.createEndpoint(receiver.url);
  const { id: theirEndpoint } = await theirs.createEndpoint(receiver.url);
  const sent = [];
  for (let n = 0; n < 20; n += 1) {
    sent.push(ours.send({ endpointId, payload: n }), theirs.send({ endpointId: theirEndpoint, payload: -n }));
  }
  const ids = (await Promise.all(sent)).map(({ messageId }) => messageId);
  assert.equal(await theirs.flush(60), true);
  assert.equal(await theirs.close(), true);
  ids.push((await ours.send({ endpointId, payload: 'after' })).messageId);
  assert.equal(await ours.flush(60), true);
  const delivered = new Set(receiver.deliveries.map(({ headers }) => headers['webhook-id']));
  assert.deepEqual(
    ids.filter((id) => !delivered.has(id)),
    [],
  );
});
