import { get } from 'node:http';
import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { callerWith, graphqlCode, newCaller } from './callers.ts';

/** The status of a GET that comes from another address of this machine. */
function statusFrom(localAddress: string, address: string, key: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}` };
    get(address, { localAddress, headers }, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
}

t.test('who tries credentials is slowed down; who has a good one is not', async (t) => {
  const stowage = await startStowage(t, { env: { STOWAGE_WRONG_CREDENTIALS: '5' } });
  const fresh = await newCaller(stowage, [{ role: 'viewer' }]);
  const guess = (number: number) => `stw_0123abcd_${String(number).padStart(43, 'A')}`;
  const answers = [];
  for (let number = 0; number < 9; number += 1)
    answers.push(await callerWith(stowage, guess(number)).call('GET', '/v1/volumes'));
  const codes = answers.map(({ status, body }) => `${status} ${body.code}`);
  t.same(new Set(codes.slice(0, 5)), new Set(['401 unauthenticated']));
  t.equal(codes.at(-1), '429 rate_limited');
  const after = Number(answers.at(-1)?.headers.get('retry-after'));
  t.ok(after >= 1 && after <= 12, `Retry-After: ${after}`);
  t.equal(await graphqlCode(stowage, guess(99), '{ me { name } }'), 'rate_limited');
  t.equal((await stowage.get('/v1/session')).name, 'first admin', 'a credential that was good before is let in');
  t.equal(
    await fresh.code('GET', '/v1/session'),
    'rate_limited',
    'one that nobody has seen waits like any other from this address',
  );

  t.equal(await statusFrom('127.0.0.2', `${stowage.address}/v1/session`, fresh.key), 200, 'but not from elsewhere');
  const before = (await stowage.get('/v1/audit-events?limit=500')).items.length;
  for (let number = 0; number < 5; number += 1) await callerWith(stowage, guess(number)).call('GET', '/v1/volumes');
  t.ok((await stowage.get('/v1/audit-events?limit=500')).items.length - before <= 2, 'a flood does not fill the audit');
});

t.test('behind a trusted proxy each client counts for itself; nobody else is believed', async (t) => {
  let guesses = 0;
  // Each of another prefix: those of one prefix are counted wherever they come from.
  const guess = () => {
    guesses += 1;
    return `stw_${String(guesses).padStart(8, 'a')}_${'B'.repeat(43)}`;
  };
  const codesOf = async (address: string, clientOf: (number: number) => string) => {
    const codes: string[] = [];
    for (let number = 0; number < 8; number += 1) {
      const headers = { authorization: `Bearer ${guess()}`, 'x-forwarded-for': clientOf(number) };
      const answer: Answer = await (await fetch(new URL('/v1/volumes', address), { headers })).json();
      codes.push(answer.code);
    }
    return codes;
  };
  const manyOf = (number: number) => `203.0.113.${number}`;
  const limit = { STOWAGE_WRONG_CREDENTIALS: '5' };
  const trusting = await startStowage(t, { env: { ...limit, STOWAGE_TRUSTED_PROXIES: '127.0.0.0/8, ::1/128' } });
  t.same(new Set(await codesOf(trusting.address, manyOf)), new Set(['unauthenticated']), 'eight clients, one try each');
  t.equal((await codesOf(trusting.address, () => '198.51.100.7')).at(-1), 'rate_limited', 'one client, eight tries');
  t.equal(
    (await codesOf(trusting.address, (number) => `${manyOf(number + 50)}, 198.51.100.9`)).at(-1),
    'rate_limited',
    'what the client itself writes before the proxy does is not believed',
  );
  const plain = await startStowage(t, { env: limit });
  t.equal((await codesOf(plain.address, manyOf)).at(-1), 'rate_limited', 'a client cannot choose its address');
});
