import { HookBridge } from '@hookbridge/sdk';

const client = new HookBridge({ database: 'local.db', allowLocalEndpoints: true });
const endpoint = await client.createEndpoint('http://127.0.0.1:9000/hooks');
const { messageId } = await client.send({ endpointId: endpoint.id, payload: { event: 'order.created' } });
await client.flush();
console.log((await client.getMessage(messageId)).status);
await client.close();
