import { HookBridge, RawJson } from '@hookbridge/sdk';

const client = new HookBridge({ database: 'hookbridge.db' });
const [endpoint] = await client.listEndpoints();
const results = await client.sendBatch([
  { endpointId: endpoint.id, payload: { event: 'order.created', order_id: 'ord_124' } },
  { endpointId: endpoint.id, payload: new RawJson('{"event": "order.paid", "total": 19.90}') },
  { endpointId: 'ep_unknown', payload: { event: 'order.created' } },
]);
for (const result of results) {
  if ('code' in result) console.log('refused', result.code);
  else console.log('accepted', result.messageId);
}
await client.flush();
await client.close();
