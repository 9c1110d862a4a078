import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { connectDatabase } from '../../../src/database/client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { makeVolume, startApp } from '../../machinery/engine-user.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { breaks, judgeAgain, keeps } from './verdicts.ts';

const mounting = (Source: string, ReadOnly = false, project?: string) => ({
  HostConfig: { Mounts: [{ Type: 'volume' as const, Source, Target: '/data', ReadOnly }] },
  ...(project === undefined ? {} : { Labels: { 'stowage.project': project } }),
});

t.test('who uses a volume, and how', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const [one, two] = [await makeVolume(docker.name('one-writer')), await makeVolume(docker.name('two-writers'))];
  const own = await makeVolume(docker.name('own'), { 'stowage.project': 'shop' });
  const lent = await makeVolume(docker.name('lent'), { 'stowage.project': 'shop' });
  await startApp(t, mounting(one));
  await startApp(t, mounting(one, true));
  await startApp(t, mounting(own, false, 'shop'));
  await startApp(t, mounting(two));
  await startApp(t, mounting(two));
  const foreign = await startApp(t, mounting(lent, true, 'press'));
  const name = (await foreign.inspect()).Name.slice(1);
  t.match(await breaks(t, stowage, 'VOL-001', { volume: two }), { severity: 'medium', volume: two, container: null });
  t.match(await breaks(t, stowage, 'VOL-003', { volume: lent }), {
    severity: 'high',
    project: 'shop',
    evidence: { project: 'shop', otherProjects: 'press', containers: name },
  });
  await keeps(t, stowage, 'VOL-001', { volume: one });
  await keeps(t, stowage, 'VOL-003', { volume: own });
  const { data } = await stowage.graphql(`{ volume(host: "local", name: "${lent}") { findings { rule } } }`);
  t.same(data.volume.findings, [{ rule: 'VOL-003' }], 'shown with its volume');
});

t.test('what a volume is made of and called', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_NAMING: 'warn', STOWAGE_NAMING_STYLES: 'project' } });
  const path = await mkdtemp(join(tmpdir(), 'bound-'));
  t.teardown(() => rm(path, { recursive: true }));
  const bound = async (name: string, o: string) => {
    await docker.engine.createVolume({ Name: name, Driver: 'local', DriverOpts: { type: 'none', o, device: path } });
    return name;
  };
  const project = docker.name('x').split('-')[0] ?? '';
  const wellNamed = await makeVolume(docker.name('orders'), { 'stowage.project': project });
  const plain = await bound(docker.name('plain'), 'bind');
  const odd = await bound(docker.name('odd'), 'bind,noexec,size=10m');
  const badlyNamed = await makeVolume(docker.name('things'), { 'stowage.project': 'shop' });
  const inMount = await docker.run(odd, 'grep " /data " /proc/self/mountinfo');
  t.notMatch(inMount, /noexec/, 'the kernel did not take the option');
  t.match(await breaks(t, stowage, 'VOL-005', { volume: odd }), {
    severity: 'low',
    evidence: { ignored: 'noexec, size=10m' },
  });
  t.match(await breaks(t, stowage, 'VOL-006', { volume: badlyNamed }), { severity: 'low', project: 'shop' });
  await keeps(t, stowage, 'VOL-005', { volume: plain });
  await keeps(t, stowage, 'VOL-006', { volume: wellNamed });
});

t.test('a volume that nobody uses, and one whose driver is gone', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_INVENTORY_SECONDS: '3600' } });
  const db = connectDatabase(stowage.database.url);
  t.teardown(() => db.$disconnect());
  const [used, unused, young] = [docker.name('used'), docker.name('unused'), docker.name('young')];
  for (const name of [used, unused, young]) await makeVolume(name);
  const user = await startApp(t, mounting(used));
  await user.stop();
  const there = ({ items }: { items: unknown[] }) => items.length === 1;
  for (const name of [used, unused, young]) await stowage.until(`/v1/volumes?name=${name}`, there, 20);
  await stowage.until(`/v1/hosts/local/containers?volume=${used}&state=exited`, there, 20);
  // A week cannot be waited for: only the times that were noted are made up.
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
  await db.volume.updateMany({
    where: { name: { in: [used, unused] } },
    data: { createdAt: ago(8), lastUsedAt: null },
  });
  await db.volume.updateMany({ where: { name: young }, data: { createdAt: ago(8), lastUsedAt: ago(6) } });
  await judgeAgain(docker);
  t.match(await breaks(t, stowage, 'VOL-002', { volume: unused }), {
    severity: 'info',
    evidence: { lastUsedAt: String },
  });
  await keeps(t, stowage, 'VOL-002', { volume: used });
  await keeps(t, stowage, 'VOL-002', { volume: young });
});
