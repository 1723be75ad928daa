'use strict';

// A hundred thousand sends, and a thousand openings: resident memory stays where it was after the beginning.

const assert = require('node:assert/strict');
const path = require('node:path');
const test = require('node:test');
const { folder } = require('./support/outbox.js');
const { run } = require('./support/program.js');

/** What a heap that was collected may differ by from one look to the next, once it has its size. */
const SLACK_MB = 24;

const MEASURE = `
    const resident = async () => {
      for (let n = 0; n < 3; n += 1) { global.gc(); await new Promise((resolve) => setTimeout(resolve, 20)); }
      return process.memoryUsage.rss() / 1048576;
    };
`;

async function grown(source) {
  const { output, status } = await run(MEASURE + source, path.join(folder(), 'outbox.db'));
  assert.equal(status, 0, output);
  const { before, after } = JSON.parse(output);
  assert.ok(after - before < SLACK_MB, `grew from ${before} MB to ${after} MB`);
  return `${before.toFixed(1)} MB, then ${after.toFixed(1)} MB`;
}

test('100,000 sends', async (t) => {
  t.diagnostic(
    await grown(`
      const options = { database: process.argv[1], durability: 'normal', delivery: 'off', allowLocalEndpoints: true };
      const client = new sdk.HookBridge(options);
      const { id: endpointId } = await client.createEndpoint('http://127.0.0.1:9/hooks');
      const headers = { 'X-Source': 'billing' };
      const send = async (times) => {
        for (let done = 0; done < times; done += 200) {
          const group = Array.from({ length: 200 }, (_, n) => client.send({ endpointId, payload: { n }, headers }));
          await Promise.all(group);
        }
      };
      await send(60_000);
      const before = await resident();
      await send(100_000);
      const after = await resident();
      const { queued } = await client.stats();
      if (queued !== 160_000) throw new Error(queued + ' are queued');
      console.log(JSON.stringify({ before, after }));
    `),
  );
});

test('1,000 openings, half of them never closed', async (t) => {
  t.diagnostic(
    await grown(`
      const options = { database: process.argv[1], durability: 'normal', delivery: 'off', allowLocalEndpoints: true };
      const first = new sdk.HookBridge(options);
      const { id: endpointId } = await first.createEndpoint('http://127.0.0.1:9/hooks');
      const cycle = async (times) => {
        for (let n = 0; n < times; n += 1) {
          const client = new sdk.HookBridge(options);
          await client.send({ endpointId, payload: n });
          if (n % 2) await client.close();
          // What is forgotten is collected, with its threads and descriptors.
          if (n % 50 === 0) await resident();
        }
      };
      await cycle(200);
      const before = await resident();
      await cycle(1000);
      const after = await resident();
      console.log(JSON.stringify({ before, after }));
    `),
  );
});
