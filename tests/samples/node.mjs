import { HookBridge } from '@hookbridge/sdk';

const client = new HookBridge({ apiKey: 'YOUR_API_KEY' });

const result = await client.send({
  endpointId: 'YOUR_ENDPOINT_ID',
  payload: { event: 'order.created', order_id: 'ord_123' },
  headers: { 'X-Source': 'billing-service' },
  idempotencyKey: 'order-123-created-v1',
});
console.log(result.messageId);
