'use strict';

const http = require('node:http');
const { createHmac } = require('node:crypto');
const { once } = require('node:events');

/** A receiver on this machine that keeps what it gets; `answer` gives the status of each. */
class Receiver {
  deliveries = [];
  #server;
  #wanted = [];

  static async start(answer = () => 200) {
    const receiver = new Receiver();
    receiver.#server = http.createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) {
        parts.push(part);
      }
      const delivery = { path: request.url, headers: request.headers, body: Buffer.concat(parts) };
      receiver.deliveries.push(delivery);
      const status = await answer(delivery);
      response.writeHead(status).end();
      receiver.#wanted.forEach((look) => look());
    });
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get port() {
    return this.#server.address().port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/hooks`;
  }

  /** So many deliveries, or an error that says how many came. */
  async received(count, patience = 60_000) {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${this.deliveries.length} of ${count} deliveries came`)),
        patience,
      );
      const look = () => {
        if (this.deliveries.length >= count) {
          clearTimeout(timer);
          resolve();
        }
      };
      this.#wanted.push(look);
      look();
    });
    return this.deliveries;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Both signatures of a body (docs/contract.md#signatures). */
function signatures(secrets, messageId, timestamp, body) {
  const hmac = (key, parts, encoding) => {
    const mac = createHmac('sha256', key);
    parts.forEach((part) => mac.update(part));
    return mac.digest(encoding);
  };
  return {
    webhook: secrets.map((secret) => `sha256=${hmac(secret, [`${timestamp}.`, body], 'hex')}`).join(','),
    standard: secrets
      .map((secret) => {
        const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
        return `v1,${hmac(key, [`${messageId}.${timestamp}.`, body], 'base64')}`;
      })
      .join(' '),
  };
}

module.exports = { Receiver, signatures };
