import { get } from 'node:http';
import t from 'tap';
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
