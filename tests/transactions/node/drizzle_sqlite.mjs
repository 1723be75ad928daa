// Drizzle over better-sqlite3: what its transaction is given.
import { HookBridge, NotFoundError } from '@hookbridge/sdk';
import Database from 'better-sqlite3';
import { TransactionRollbackError } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const { SQLITE_FILE, ENDPOINT_ID: endpointId, ORDER } = process.env;
const payload = { order: ORDER, to: 'Zoë / Øre', paid: true };
const headers = { 'X-Source': 'orders' };
const orders = sqliteTable('orders', { id: integer().primaryKey(), reference: text().notNull() });

const hookbridge = new HookBridge();
const file = new Database(SQLITE_FILE);
const database = drizzle(file);
const immediate = { behavior: 'immediate' };

const receipt = database.transaction((transaction) => {
  transaction.insert(orders).values({ reference: `${ORDER} committed` }).run();
  return hookbridge.sendSync({ endpointId, payload, headers }, { transaction });
}, immediate);
console.log('committed', receipt.messageId);

try {
  database.transaction((transaction) => {
    transaction.insert(orders).values({ reference: `${ORDER} rolled back` }).run();
    console.log('rolled back', hookbridge.sendSync({ endpointId, payload }, { transaction }).messageId);
    transaction.rollback();
  }, immediate);
} catch (error) {
  if (!(error instanceof TransactionRollbackError)) throw error;
}

try {
  database.transaction((transaction) => {
    transaction.insert(orders).values({ reference: `${ORDER} refused` }).run();
    hookbridge.sendSync({ endpointId: 'ep_unknown', payload }, { transaction });
  }, immediate);
} catch (refusal) {
  if (!(refusal instanceof NotFoundError)) throw refusal;
  console.log('refused', refusal.code, refusal.statusCode);
}

file.close();
await hookbridge.close();
