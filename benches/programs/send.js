// Prints the median microseconds of a send, and sends a second where many wait at once.
'use strict';
const [database, endpointId, text, warmUp, sends, atOnce] = process.argv.slice(2);
const { HookBridge } = require('../../bindings/node');
const client = new HookBridge({ database, durability: 'normal', delivery: 'off', allowLocalEndpoints: true });
const payload = Buffer.from(text);

(async () => {
  for (let n = 0; n < Number(warmUp); n += 1) await client.send({ endpointId, payload });
  const taken = [];
  for (let n = 0; n < Number(sends); n += 1) {
    const begun = performance.now();
    await client.send({ endpointId, payload });
    taken.push(performance.now() - begun);
  }
  const begun = performance.now();
  for (let done = 0; done < Number(sends); done += Number(atOnce)) {
    await Promise.all(Array.from({ length: Number(atOnce) }, () => client.send({ endpointId, payload })));
  }
  const rate = (Number(sends) / (performance.now() - begun)) * 1000;
  await client.close();
  taken.sort((one, other) => one - other);
  console.log(taken[taken.length >> 1] * 1000, rate);
})();
