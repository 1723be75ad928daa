// What SQLite's table refuses, as errors of the package. A savepoint, and the transaction goes on.
import assert from 'node:assert/strict';
import { HookBridge, HookBridgeError } from '@hookbridge/sdk';
import Database from 'better-sqlite3';

const { SQLITE_FILE, ENDPOINT_ID: endpointId } = process.env;
const DAY = 24 * 3600 * 1000;
const cases = [
  { endpointId: 'ep_unknown', payload: null },
  { endpointId, payload: 1, headers: { Host: 'example.com' } },
  { endpointId, payload: 1, idempotencyKey: 'not a key' },
  { endpointId, payload: 1, deliverAt: '2030-02-31T00:00:00Z' },
  { endpointId, payload: 1, orderingKey: 'a\0b' },
  { endpointId, payload: 'x'.repeat(1_048_576) },
];

const hookbridge = new HookBridge();
const database = new Database(SQLITE_FILE);
const send = (message) => hookbridge.sendSync(message, { transaction: database });

const refusal = (message) => {
  let error;
  try {
    send(message);
  } catch (thrown) {
    error = thrown;
  }
  assert(error instanceof HookBridgeError, error);
  assert(!error.message.startsWith(error.code), error.message);
  console.log('refused', error.code, error.statusCode);
};

database.exec('BEGIN IMMEDIATE');
const first = send({
  endpointId,
  payload: Buffer.from('1'),
  idempotencyKey: 'one',
  orderingKey: 'customer-7',
  deliverAt: new Date(Date.now() + DAY),
  expiresAt: new Date(Date.now() + 2 * DAY),
  retentionHours: 1,
});
assert.equal(first.messageId.length, 36);
for (const message of cases) {
  database.exec('SAVEPOINT before');
  refusal(message);
  database.exec('ROLLBACK TO before');
}
database.exec('ROLLBACK');
refusal({ endpointId, payload: 1 });

database.close();
await hookbridge.close();
