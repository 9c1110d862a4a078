import t from 'tap';
import { connectDatabase } from '../../../src/database/client.ts';
import { connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startApp } from '../../machinery/engine-user.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { breaks, judgeAgain, keeps } from './verdicts.ts';

t.test('what Docker lies on', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_INVENTORY_SECONDS: '3600' } });
  const db = connectDatabase(stowage.database.url);
  t.teardown(() => db.$disconnect());
  t.match(await stowage.finished('POST', '/v1/hosts/local/measurements', {}, 120), { state: 'succeeded' });
  const marker = await startApp(t, { HostConfig: { Tmpfs: { '/odd': '' } } });
  await breaks(t, stowage, 'MNT-009', { container: marker.id });
  const local = { name: 'local' };
  const { storage } = await db.host.findUniqueOrThrow({ where: local });
  t.match(storage, { fileSystem: String, totalBytes: Number }, 'it was measured');
  for (const rule of ['HST-001', 'HST-002', 'HST-003']) await keeps(t, stowage, rule, {});

  // Disks of these kinds are not at hand: only what was measured of them is made up.
  const measured = async (differing: object, storageDriver = 'overlay2') => {
    await db.host.update({ where: local, data: { storage: { ...Object(storage), ...differing }, storageDriver } });
    await judgeAgain(docker);
  };
  const roomy = { totalBytes: 1000, freeBytes: 500, totalInodes: 1000, freeInodes: 500, isRotational: false };
  await measured({ ...roomy, fileSystem: 'nfs4', isNetwork: true });
  t.match(await breaks(t, stowage, 'HST-001', {}), {
    severity: 'critical',
    container: null,
    volume: null,
    project: null,
  });
  await measured(roomy, 'vfs');
  t.match(await breaks(t, stowage, 'HST-002', {}), { severity: 'high', evidence: { storageDriver: 'vfs' } });
  t.match((await stowage.get('/v1/findings?rule=HST-001')).items, [{ state: 'resolved' }]);
  for (const rule of ['HST-004', 'HST-005'])
    t.same(
      (await stowage.get(`/v1/findings?rule=${rule}&state=open`)).items,
      [],
      `${rule}: nothing where there is no fault`,
    );
  await measured({ ...roomy, fileSystem: 'reiserfs', isRotational: true, freeInodes: 70 });
  t.match(await breaks(t, stowage, 'HST-003', {}), { severity: 'low' });
  t.match(await breaks(t, stowage, 'HST-004', {}), { severity: 'info' });
  const little = await breaks(t, stowage, 'HST-005', {});
  t.match(little, { severity: 'medium', detail: /7\.0 % of the inodes/ });
  await measured({ ...roomy, freeBytes: 40 });
  const less = await stowage.until(`/v1/findings/${little.id}`, ({ severity }) => severity === 'high', 20);
  t.match(less, { state: 'open', version: 2, detail: /4\.0 % of the space/ }, 'the same finding, and worse');

  const { data } = await stowage.graphql('{ host(host: "local") { findings { rule severity } } }');
  t.same(data.host.findings, [{ rule: 'HST-005', severity: 'high' }]);
  t.match((await stowage.call('GET', '/metrics')).body, /stowage_findings\{host="local",severity="high"\} \d/);
  const token = await stowage.created('POST', '/v1/tokens', {
    name: 'of a project',
    roles: [{ role: 'viewer', project: 'shop' }],
  });
  const viewer = connectClient(stowage.address, token.key);
  t.same((await viewer.get('/v1/findings?rule=HST-005')).items, [], 'for who reaches everything');
  t.equal((await viewer.call('GET', `/v1/findings/${little.id}`)).status, 404);
});
