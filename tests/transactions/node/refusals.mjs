// What the function refuses, as errors of the package. A savepoint, and the transaction goes on.
import assert from 'node:assert/strict';
import { HookBridge, HookBridgeError } from '@hookbridge/sdk';
import pg from 'pg';

const { DATABASE_URL, ENDPOINT_ID: endpointId } = process.env;
const DAY = 24 * 3600 * 1000;
const cases = [
  { endpointId: 'ep_unknown', payload: null },
  { endpointId, payload: 1, headers: { Host: 'example.com' } },
  { endpointId, payload: 1, idempotencyKey: 'not a key' },
  { endpointId, payload: 1, deliverAt: '2030-02-31T00:00:00Z' },
  { endpointId, payload: 1, orderingKey: 'a\0b' },
  { endpointId, payload: 2, idempotencyKey: 'one' },
  { endpointId, payload: 'x'.repeat(1_048_576) },
];

const hookbridge = new HookBridge();
const client = new pg.Client({ connectionString: DATABASE_URL });
await client.connect();

const refusal = async (sent) => {
  const error = await sent.then(assert.fail, (refused) => refused);
  assert(error instanceof HookBridgeError, error);
  assert(!error.message.startsWith(error.code), error.message);
  console.log('refused', error.code, error.statusCode);
};

await client.query('BEGIN');
const first = await hookbridge.send(
  {
    endpointId,
    payload: Buffer.from('1'),
    idempotencyKey: 'one',
    orderingKey: 'customer-7',
    deliverAt: new Date(Date.now() + DAY),
    expiresAt: new Date(Date.now() + 2 * DAY),
    retentionHours: 1,
  },
  { transaction: client },
);
const again = await hookbridge.send({ endpointId, payload: 1, idempotencyKey: 'one' }, { transaction: client });
assert.deepEqual(again, first);
for (const message of cases) {
  await client.query('SAVEPOINT before');
  await refusal(hookbridge.send(message, { transaction: client }));
  await client.query('ROLLBACK TO before');
}
await client.query('ROLLBACK');
await refusal(hookbridge.send({ endpointId, payload: 1 }, { transaction: client }));

await client.end();
await hookbridge.close();
