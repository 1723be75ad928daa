// Prints the median microseconds of a send, and sends a second where many wait at once. Without an endpoint, of an event.
'use strict';
const [database, endpointId, text, warmUp, sends, atOnce] = process.argv.slice(2);
const { HookBridge, RawJson } = require('../../bindings/node');
const client = new HookBridge({ database, durability: 'normal', delivery: 'off', allowLocalEndpoints: true });
const payload = Buffer.from(text);
const document = new RawJson(text);
const send = () => (endpointId ? client.send({ endpointId, payload }) : client.sendEvent('order.created', document));

(async () => {
  for (let n = 0; n < Number(warmUp); n += 1) await send();
  const taken = [];
  for (let n = 0; n < Number(sends); n += 1) {
    const begun = performance.now();
    await send();
    taken.push(performance.now() - begun);
  }
  const begun = performance.now();
  for (let done = 0; done < Number(sends); done += Number(atOnce)) {
    await Promise.all(Array.from({ length: Number(atOnce) }, () => send()));
  }
  const rate = (Number(sends) / (performance.now() - begun)) * 1000;
  await client.close();
  taken.sort((one, other) => one - other);
  console.log(taken[taken.length >> 1] * 1000, rate);
})();
