import { createServer } from 'node:http';
import { HookBridge } from '@hookbridge/sdk';

const client = new HookBridge({ database: 'hookbridge.db' });
const [endpoint] = await client.listEndpoints();

async function createOrder(orderId) {
  const { messageId } = await client.send({
    endpointId: endpoint.id,
    payload: { event: 'order.created', order_id: orderId },
    idempotencyKey: `${orderId}-created`,
  });
  return { message_id: messageId };
}

const server = createServer((request, response) => {
  createOrder(request.url.split('/').pop()).then(
    (order) => response.writeHead(202, { 'Content-Type': 'application/json' }).end(JSON.stringify(order)),
    (error) => response.writeHead(error.statusCode ?? 500).end(`${error.message}\n`),
  );
});
server.listen(8000, '127.0.0.1');

process.once('SIGTERM', () => server.close(() => client.close()));
