import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test('a job runs with the rights that its caller has when it starts; a refusal is audited', async (t) => {
  const docker = testDocker(t);
  const api = await startStowage(t, { roles: 'api,watcher' });
  const volume = docker.name('rights');
  await api.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
  const grant = { name: 'service', roles: [{ role: 'operator', project: 'shop' }] };
  const [revoked, demoted] = [
    await api.created('POST', '/v1/tokens', grant),
    await api.created('POST', '/v1/tokens', grant),
  ];
  const path = `/v1/hosts/local/volumes/${volume}/backups`;
  const asRevoked = await connectClient(api.address, revoked.key).accepted('POST', path, {});
  const asDemoted = await connectClient(api.address, demoted.key).accepted('POST', path, {});
  await api.call('DELETE', `/v1/tokens/${revoked.id}`);
  const { items } = await api.get(`/v1/role-bindings?subject=key:${demoted.id}`);
  await api.call('DELETE', `/v1/role-bindings/${items[0].id}`);

  const worker = await startStowage(t, { database: api.database, state: api.state });
  t.match(await worker.waitForJob(asRevoked.id), { state: 'failed', error: { code: 'token_revoked' } });
  t.match(await worker.waitForJob(asDemoted.id), { state: 'failed', error: { code: 'forbidden' } });
  const audit = await worker.get('/v1/audit-events?outcome=refused&operation=jobs.volume_backup');
  t.match(
    audit.items
      .map(({ actor, code, via }: { actor: string; code: string; via: string }) => `${via} ${actor} ${code}`)
      .sort(),
    [`job key:${demoted.id} forbidden`, `job key:${revoked.id} token_revoked`].sort(),
  );
  t.same((await worker.get(`/v1/hosts/local/volumes/${volume}/snapshots`)).items, [], 'nothing was read');
});
