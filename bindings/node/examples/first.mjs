import { HookBridge } from '@hookbridge/sdk';

const client = new HookBridge({ database: 'hookbridge.db' });
const endpoint = await client.createEndpoint('https://example.com/hooks');
console.log(endpoint.id, endpoint.signingSecret); // the secret is shown only here

const result = await client.send({
  endpointId: endpoint.id,
  payload: { event: 'order.created', order_id: 'ord_123' },
  headers: { 'X-Source': 'billing-service' },
  idempotencyKey: 'order-123-created-v1',
});
console.log(result.messageId);
await client.flush(); // waits until it is delivered
await client.close();
