// Drizzle over node-postgres: what its transaction is given.
import { HookBridge, NotFoundError } from '@hookbridge/sdk';
import { TransactionRollbackError } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import pg from 'pg';

const { DATABASE_URL, ENDPOINT_ID: endpointId, ORDER } = process.env;
const payload = { order: ORDER, to: 'Zoë / Øre', paid: true };
const headers = { 'X-Source': 'orders' };
const orders = pgTable('orders', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  reference: text().notNull(),
});

const hookbridge = new HookBridge();
const pool = new pg.Pool({ connectionString: DATABASE_URL });
const database = drizzle(pool);

const receipt = await database.transaction(async (transaction) => {
  await transaction.insert(orders).values({ reference: `${ORDER} committed` });
  return hookbridge.send({ endpointId, payload, headers }, { transaction });
});
console.log('committed', receipt.messageId);

try {
  await database.transaction(async (transaction) => {
    await transaction.insert(orders).values({ reference: `${ORDER} rolled back` });
    const { messageId } = await hookbridge.send({ endpointId, payload }, { transaction });
    console.log('rolled back', messageId);
    transaction.rollback();
  });
} catch (error) {
  if (!(error instanceof TransactionRollbackError)) throw error;
}

try {
  await database.transaction(async (transaction) => {
    await transaction.insert(orders).values({ reference: `${ORDER} refused` });
    await hookbridge.send({ endpointId: 'ep_unknown', payload }, { transaction });
  });
} catch (refusal) {
  if (!(refusal instanceof NotFoundError)) throw refusal;
  console.log('refused', refusal.code, refusal.statusCode);
}

await pool.end();
await hookbridge.close();
