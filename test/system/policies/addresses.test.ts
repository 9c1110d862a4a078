import t from 'tap';
import { startStowage } from '../../machinery/stowage.ts';

t.test('policies and repositories are found by name or id; what is neither is absent', async (t) => {
  const stowage = await startStowage(t);
  const schedule = { cron: '0 0 1 1 *' };
  const policy = await stowage.created('POST', '/v1/policies', { name: 'yearly', schedule });
  const repository = await stowage.get('/v1/repositories/default');
  t.match(await stowage.get(`/v1/policies/${policy.id}`), { name: 'yearly' });
  t.match(await stowage.get(`/v1/repositories/${repository.id}`), { name: 'default' });
  t.match(await stowage.get(`/v1/repositories/${repository.id.toUpperCase()}`), { name: 'default' });
  // Of the length and the digits of an id, but none.
  for (const odd of ['12345678-aaaaaaaaaaaaaaaaaaaaaaaaaaa', `12345678${'-'.repeat(28)}`]) {
    t.match(await stowage.call('GET', `/v1/policies/${odd}`), { status: 404, body: { code: 'policy_not_found' } });
    t.match(await stowage.call('GET', `/v1/repositories/${odd}`), {
      status: 404,
      body: { code: 'repository_not_found' },
    });
  }
});
