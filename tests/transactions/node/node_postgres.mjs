// node-postgres, with a client of a pool.
import { HookBridge, NotFoundError } from '@hookbridge/sdk';
import pg from 'pg';

const { DATABASE_URL, ENDPOINT_ID: endpointId, ORDER } = process.env;
const INSERT = 'INSERT INTO orders (reference) VALUES ($1)';
const payload = { order: ORDER, to: 'Zoë / Øre', paid: true };
const headers = { 'X-Source': 'orders' };

const hookbridge = new HookBridge();
const pool = new pg.Pool({ connectionString: DATABASE_URL });
const client = await pool.connect();

await client.query('BEGIN');
await client.query(INSERT, [`${ORDER} committed`]);
let receipt = await hookbridge.send({ endpointId, payload, headers }, { transaction: client });
await client.query('COMMIT');
console.log('committed', receipt.messageId);

await client.query('BEGIN');
await client.query(INSERT, [`${ORDER} rolled back`]);
receipt = await hookbridge.send({ endpointId, payload }, { transaction: client });
await client.query('ROLLBACK');
console.log('rolled back', receipt.messageId);

await client.query('BEGIN');
await client.query(INSERT, [`${ORDER} refused`]);
try {
  await hookbridge.send({ endpointId: 'ep_unknown', payload }, { transaction: client });
} catch (refusal) {
  if (!(refusal instanceof NotFoundError)) throw refusal;
  console.log('refused', refusal.code, refusal.statusCode);
}
await client.query('ROLLBACK');

client.release();
await pool.end();
await hookbridge.close();
