// Reads a delivery from stdin, as JSON with its secret, its headers and its body, and says whether it is genuine.
import { readFileSync } from 'node:fs';
// readme: begin
import { createHmac, timingSafeEqual } from 'node:crypto';

export function verify(secret, headers, body) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  const fresh = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300;
  const given = headers['webhook-signature'].split(' ').map((signature) => Buffer.from(signature));
  return fresh && given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}
// readme: end

const { secret, headers, body } = JSON.parse(readFileSync(0, 'utf8'));
console.log(verify(secret, headers, body) ? 'genuine' : 'forged');
