// Announces an order to the receiver whose URL is given, and says what became of it.
//   node orders.mjs https://example.com/hooks
import { HookBridge, HookBridgeError } from '@hookbridge/sdk';

const [url] = process.argv.slice(2);
if (!url) {
  console.error('usage: orders.mjs URL');
  process.exit(2);
}

const client = new HookBridge({ database: 'orders.db' });
try {
  const endpoint = await client.createEndpoint(url, { description: 'orders' });
  const events = client.events();
  const { messageId } = await client.send({
    endpointId: endpoint.id,
    payload: { event: 'order.created', order: { id: 'ord_123', cents: 4200n } },
    headers: { 'X-Source': 'shop' },
    idempotencyKey: 'ord_123-created',
  });
  console.log(`accepted ${messageId}`);
  const event = await events.next(30);
  console.log(event ? `${event.kind} after attempt ${event.attemptNo}` : 'nothing happened in 30 seconds');
  const [attempt] = await client.getMessageAttempts(messageId);
  console.log(`the receiver answered ${attempt?.responseStatus}`);
} catch (error) {
  if (!(error instanceof HookBridgeError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await client.close();
}
