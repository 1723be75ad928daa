// Prisma: what an interactive transaction is given.
import { HookBridge, NotFoundError } from '@hookbridge/sdk';
import { PrismaPg } from '@prisma/adapter-pg';
import shop from 'shop-client';

const { DATABASE_URL, ENDPOINT_ID: endpointId, ORDER } = process.env;
const payload = { order: ORDER, to: 'Zoë / Øre', paid: true };
const headers = { 'X-Source': 'orders' };

const hookbridge = new HookBridge();
const prisma = new shop.PrismaClient({ adapter: new PrismaPg({ connectionString: DATABASE_URL }) });

const receipt = await prisma.$transaction(async (transaction) => {
  await transaction.order.create({ data: { reference: `${ORDER} committed` } });
  return hookbridge.send({ endpointId, payload, headers }, { transaction });
});
console.log('committed', receipt.messageId);

const changedMind = new Error('changed our mind');
try {
  await prisma.$transaction(async (transaction) => {
    await transaction.order.create({ data: { reference: `${ORDER} rolled back` } });
    const { messageId } = await hookbridge.send({ endpointId, payload }, { transaction });
    console.log('rolled back', messageId);
    throw changedMind;
  });
} catch (error) {
  if (error !== changedMind) throw error;
}

try {
  await prisma.$transaction(async (transaction) => {
    await transaction.order.create({ data: { reference: `${ORDER} refused` } });
    await hookbridge.send({ endpointId: 'ep_unknown', payload }, { transaction });
  });
} catch (refusal) {
  if (!(refusal instanceof NotFoundError)) throw refusal;
  console.log('refused', refusal.code, refusal.statusCode);
}

await prisma.$disconnect();
await hookbridge.close();
