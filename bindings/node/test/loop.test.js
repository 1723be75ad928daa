'use strict';

// What Node expects of a guest: its event loop, its four threads and its exit are its own.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs/promises');
const path = require('node:path');
const test = require('node:test');
const { Receiver } = require('./support/receiver.js');
const { folder, open, until } = require('./support/outbox.js');
const { run } = require('./support/program.js');

/** Another program that writes to the file and takes its time, until its input ends. */
const HOLDS_THE_FILE = `
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
`;

test('the event loop turns while sends wait for a file that somebody holds', async (t) => {
  const directory = folder();
  const client = open(t, { in: directory, delivery: 'off' });
  const { id: endpointId } = await client.createEndpoint('http://127.0.0.1:9/hooks');
  const holder = spawn('python3', ['-c', HOLDS_THE_FILE, path.join(directory, 'outbox.db')], { stdio: 'pipe' });
  t.after(() => holder.kill());
  await once(holder.stdout, 'data');
  let settled = 0;
  const sent = Array.from({ length: 100 }, (_, n) =>
    client.send({ endpointId, payload: n }).then(() => (settled += 1)),
  );
  for (let turns = 0; turns < 100; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await fs.stat(__filename);
  }
  assert.equal(settled, 0);
  holder.stdin.end();
  await Promise.all(sent);
  assert.equal(settled, 100);
});

test('a lone send is answered whether the loop still looks for it, sleeps or is busy', async (t) => {
  const directory = folder();
  const client = open(t, { in: directory, delivery: 'off' });
  const { id: endpointId } = await client.createEndpoint('http://127.0.0.1:9/hooks');
  const waits = [
    () => undefined,
    () => {
      for (const until = performance.now() + 5; performance.now() < until;);
    },
    () => new Promise((resolve) => setTimeout(resolve, 5)),
  ];
  const sent = new Set();
  for (let n = 0; n < 120; n += 1) {
    const sending = client.send({ endpointId, payload: n });
    await waits[n % waits.length]();
    sent.add((await sending).messageId);
    await assert.rejects(client.send({ endpointId, payload: n, headers: { 'bad name': 'x' } }), {
      code: 'INVALID_HEADERS',
    });
  }
  assert.equal(sent.size, 120);
  // Longer than anybody looks for it.
  const holder = spawn('python3', ['-c', HOLDS_THE_FILE, path.join(directory, 'outbox.db')], { stdio: 'pipe' });
  t.after(() => holder.kill());
  await once(holder.stdout, 'data');
  let settled = false;
  const sending = client.send({ endpointId, payload: 'late' }).then(() => (settled = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(settled, false);
  holder.stdin.end();
  await sending;
  for (let n = 0; n < 100; n += 1) {
    sent.add((await client.send({ endpointId, payload: n })).messageId);
  }
  assert.equal(sent.size, 220);
});

for (const [name, take] of [
  ['a test has put its own in their place', "require('node:test').mock.timers?.enable()"],
  ['there are none', 'delete globalThis.setImmediate'],
]) {
  test(`timers: sends are answered where ${name} before the package is loaded`, async () => {
    const { output, status } = await run(
      `
      for (const loaded of Object.keys(require.cache)) delete require.cache[loaded];
      ${take};
      const { HookBridge } = require(process.argv[2]);
      const holding = require('node:net').createServer().listen(0);
      const client = new HookBridge({ database: process.argv[1], delivery: 'off', allowLocalEndpoints: true });
      const { id: endpointId } = await client.createEndpoint('http://127.0.0.1:9/hooks');
      for (let n = 0; n < 50; n += 1) await client.send({ endpointId, payload: n });
      console.log('sent');
      await client.close();
      holding.close();
      `,
      path.join(folder(), 'outbox.db'),
      path.join(__dirname, '..'),
    );
    assert.deepEqual([output, status], ['sent', 0]);
  });
}

test('calls that wait take none of the threads that files need', async (t) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const receiver = await Receiver.start(() => held.then(() => 200));
  t.after(() => receiver.stop());
  const client = open(t);
  const { id: endpointId } = await client.createEndpoint(receiver.url);
  await client.send({ endpointId, payload: 1 });
  await until(
    () => client.stats(),
    ({ inFlight }) => inFlight === 1,
  );
  let flushed = 0;
  const flushes = Array.from({ length: 20 }, () => client.flush(120).then((done) => (flushed += Number(done))));
  for (let n = 0; n < 20; n += 1) {
    await fs.stat(__filename);
    assert.equal((await client.getEndpoint(endpointId)).id, endpointId);
  }
  assert.equal(flushed, 0);
  release();
  await Promise.all(flushes);
  assert.equal(flushed, 20);
});

test('hundreds of calls at once are each answered', async (t) => {
  const client = open(t, { delivery: 'off' });
  const { id } = await client.createEndpoint('http://127.0.0.1:9/hooks');
  const answers = await Promise.all(Array.from({ length: 500 }, () => client.getEndpoint(id)));
  assert.ok(answers.every((answer) => answer.id === id));
});

test('a program with an open client ends when its work is done', async () => {
  const database = path.join(folder(), 'outbox.db');
  const { output, status } = await run(
    `
    const client = new sdk.HookBridge({ database: process.argv[1], allowLocalEndpoints: true });
    const endpoint = await client.createEndpoint('http://127.0.0.1:9/hooks');
    const events = client.events().unref();
    events.next().then(() => console.log('an event'));
    const { messageId } = await client.send({ endpointId: endpoint.id, payload: 1 });
    console.log(messageId.length);
    process.on('exit', (code) => console.log('exit', code));
    `,
    database,
  );
  assert.deepEqual([output.replace('an event\n', ''), status], ['36\nexit 0', 0]);
});

test('a program that waits for an event stays', async () => {
  const { output, status } = await run(
    `
    const client = new sdk.HookBridge({ database: process.argv[1] });
    console.log(await client.events().next(0.3));
    `,
    path.join(folder(), 'outbox.db'),
  );
  assert.deepEqual([output, status], ['null', 0]);
});

test('process.exit in the midst of sends is no crash, and what was answered is there', async (t) => {
  const directory = folder();
  const { output, status } = await run(
    `
    const client = new sdk.HookBridge({ database: process.argv[1], delivery: 'off', allowLocalEndpoints: true });
    const { id: endpointId } = await client.createEndpoint('http://127.0.0.1:9/hooks');
    let answered = 0;
    for (let n = 0; n < 2000; n += 1) {
      client.send({ endpointId, payload: n }).then(() => {
        answered += 1;
        if (answered === 500) { require('fs').writeSync(1, String(answered)); process.exit(7); }
      });
    }
    `,
    path.join(directory, 'outbox.db'),
  );
  assert.deepEqual([output, status], ['500', 7]);
  const client = open(t, { in: directory, delivery: 'off' });
  assert.ok((await client.stats()).queued >= 500);
});
