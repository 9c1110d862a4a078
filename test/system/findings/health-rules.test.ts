import t from 'tap';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';
import { breaks, keeps } from './verdicts.ts';

const volumes = '/v1/hosts/local/volumes';
const labels = { 'stowage.project': 'shop' };
const lockQueue = `exec perl -e 'open my $f, ">>", "/data/queue" or die; flock $f, 2 or die; sleep 600'`;

const resolved = (stowage: Stowage, id: string) =>
  stowage.until(`/v1/findings/${id}`, ({ state }) => state === 'resolved', 60);

async function made(
  docker: TestDocker,
  stowage: Stowage,
  word: string,
  options: Record<string, string> = {},
): Promise<string> {
  const volume = docker.name(word);
  await stowage.created('POST', volumes, { name: volume, project: 'shop', options });
  return volume;
}

t.test(
  'SHR-101: a container that may not use what it has mounted, until that is mended and checked again',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    const [closed, open] = [await made(docker, stowage, 'closed'), await made(docker, stowage, 'open')];
    await docker.run(closed, 'umask 077; echo secret > /data/secret; chmod 777 /data');
    await docker.run(open, 'echo known > /data/known; chmod 777 /data; chmod 666 /data/known');
    for (const volume of [closed, open])
      await docker.container({ volume, labels, user: '1234', stopTimeout: 1, script: 'sleep 600' });
    for (const volume of [closed, open]) await stowage.finished('POST', `${volumes}/${volume}/permission-checks`, {});
    const finding = await breaks(t, stowage, 'SHR-101', { volume: closed });
    t.match(finding, { severity: 'medium', project: 'shop', detail: /may not read 1 entry/ });
    await keeps(t, stowage, 'SHR-101', { volume: open });

    await docker.run(closed, 'chmod 666 /data/secret');
    await stowage.finished('POST', `${volumes}/${closed}/permission-checks`, {});
    await resolved(stowage, finding.id);
  },
);

t.test('SHR-101 ends with the container that it is about, and with a repair', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const [left, mended] = [await made(docker, stowage, 'left'), await made(docker, stowage, 'mended')];
  const containers = [];
  for (const volume of [left, mended]) {
    await docker.run(volume, 'umask 077; echo secret > /data/secret');
    containers.push(await docker.container({ volume, labels, user: '1234', stopTimeout: 1, script: 'sleep 600' }));
    await stowage.finished('POST', `${volumes}/${volume}/permission-checks`, {});
  }
  const [gone, repaired] = [
    await breaks(t, stowage, 'SHR-101', { volume: left }),
    await breaks(t, stowage, 'SHR-101', { volume: mended }),
  ];
  await containers[0]?.remove({ force: true });
  await resolved(stowage, gone.id);
  const plan = await stowage.finished('POST', `${volumes}/${mended}/permission-repairs`, { owner: 1234 });
  t.equal(plan.state, 'succeeded', plan.error?.detail);
  const applied = await stowage.finished('POST', `/v1/permission-repairs/${plan.id}/apply`, { confirm: mended });
  t.equal(applied.state, 'succeeded', applied.error?.detail);
  await resolved(stowage, repaired.id);
});

t.test('SHR-102 and SHR-103: a lock that is waited for, and a volume that is full', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_HEALTH_SECONDS: '2' } });
  const [locked, free] = [await made(docker, stowage, 'locked'), await made(docker, stowage, 'free')];
  const tmpfs = { type: 'tmpfs', device: 'tmpfs', o: 'size=4m' };
  const [full, roomy] = [await made(docker, stowage, 'full', tmpfs), await made(docker, stowage, 'roomy', tmpfs)];
  const start = (volume: string, script: string) => docker.container({ volume, labels, stopTimeout: 1, script });
  await start(locked, lockQueue);
  await docker.until(async () => (await docker.run(locked, 'ls /data')).includes('queue'), 20);
  const waiter = await start(locked, lockQueue);
  await start(free, lockQueue);
  await start(free, 'sleep 600');
  const filler = await start(full, 'head -c 4100000 /dev/zero > /data/fill; sleep 600');
  for (const volume of [full, roomy, roomy]) await start(volume, 'sleep 600');

  const conflict = await breaks(t, stowage, 'SHR-102', { volume: locked });
  t.match(conflict, { severity: 'medium', detail: /waits for a write lock on "\/queue"/ });
  const little = await breaks(t, stowage, 'SHR-103', { volume: full });
  t.match(little, { severity: 'high', detail: /bytes are left/ });
  for (const rule of ['SHR-102', 'SHR-103', 'SHR-104'])
    for (const volume of [free, roomy]) await keeps(t, stowage, rule, { volume });
  await waiter.remove({ force: true });
  await resolved(stowage, conflict.id);
  const exec = await filler.exec({ Cmd: ['rm', '/data/fill'] });
  await exec.start({});
  await resolved(stowage, little.id);
});
