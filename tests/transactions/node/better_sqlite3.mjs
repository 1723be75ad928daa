// better-sqlite3, whose transactions are synchronous.
import { HookBridge, NotFoundError } from '@hookbridge/sdk';
import Database from 'better-sqlite3';

const { SQLITE_FILE, ENDPOINT_ID: endpointId, ORDER } = process.env;
const payload = { order: ORDER, to: 'Zoë / Øre', paid: true };
const headers = { 'X-Source': 'orders' };

const hookbridge = new HookBridge();
const database = new Database(SQLITE_FILE);
const insert = database.prepare('INSERT INTO orders (reference) VALUES (?)');

const order = database.transaction((reference) => {
  insert.run(reference);
  return hookbridge.sendSync({ endpointId, payload, headers }, { transaction: database });
});
const receipt = order.immediate(`${ORDER} committed`);
console.log('committed', receipt.messageId);

// Where the transaction is not a function, `send` will do.
database.exec('BEGIN IMMEDIATE');
insert.run(`${ORDER} rolled back`);
const { messageId } = await hookbridge.send({ endpointId, payload }, { transaction: database });
database.exec('ROLLBACK');
console.log('rolled back', messageId);

try {
  database.transaction(() => {
    insert.run(`${ORDER} refused`);
    hookbridge.sendSync({ endpointId: 'ep_unknown', payload }, { transaction: database });
  })();
} catch (refusal) {
  if (!(refusal instanceof NotFoundError)) throw refusal;
  console.log('refused', refusal.code, refusal.statusCode);
}

database.close();
await hookbridge.close();
