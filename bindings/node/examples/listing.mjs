import { HookBridge } from '@hookbridge/sdk';

const client = new HookBridge({ database: 'hookbridge.db' });
const page = await client.listEndpoints({ limit: 20 });
console.log(page.length, page[0].id);
if ((await page.nextPage()) === null) console.log('that is all');

for await (const message of client.iterLogs({ status: 'succeeded' })) {
  console.log(message.messageId, message.status);
}
await client.close();
