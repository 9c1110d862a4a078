import type Docker from 'dockerode';
import t from 'tap';
import { connectDatabase } from '../../../src/database/client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { makeVolume, startApp } from '../../machinery/engine-user.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { breaks, judgeAgain, keeps } from './verdicts.ts';

const mebibyte = 2 ** 20;

/** Of the writable layer, as the engine counts it. */
async function sizeOf(engine: Docker, container: Docker.Container): Promise<number | undefined> {
  const [listed] = await engine.listContainers({ size: true, filters: { id: [container.id] } });
  return Object(listed).SizeRw;
}

t.test('MNT-011 and MNT-013: memory of the tmpfs, and a database without a mount', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const [repo, tag] = [`found/${docker.name('x')}/mariadb`, '11'];
  await docker.engine.getImage(groundOfTests().helperImage).tag({ repo, tag });
  t.teardown(() => docker.engine.getImage(`${repo}:${tag}`).remove());
  const Image = `${repo}:${tag}`;
  const data = await makeVolume(docker.name('data'));
  const tmpfs = (size: string) => ({ HostConfig: { Tmpfs: { '/a': size, '/b': size }, Memory: 64 * mebibyte } });
  const fits = await startApp(t, tmpfs('size=32m'));
  const mounted = await startApp(t, {
    Image,
    HostConfig: { Mounts: [{ Type: 'volume', Source: data, Target: '/var/lib/mysql' }] },
  });
  const tooMuch = await startApp(t, tmpfs('size=40m'));
  const unmounted = await startApp(t, { Image });
  t.match(await breaks(t, stowage, 'MNT-011', { container: tooMuch.id }), {
    severity: 'medium',
    target: null,
    evidence: { tmpfsBytes: String(80 * mebibyte), memoryLimitBytes: String(64 * mebibyte) },
  });
  await keeps(t, stowage, 'MNT-011', { container: fits.id });
  t.match(await breaks(t, stowage, 'MNT-013', { container: unmounted.id }), {
    severity: 'high',
    evidence: { image: Image, folder: '/var/lib/mysql' },
  });
  await keeps(t, stowage, 'MNT-013', { container: mounted.id });
});

t.test('CNT-001: what a container writes beside its mounts', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const db = connectDatabase(stowage.database.url);
  t.teardown(() => db.$disconnect());
  const volume = await makeVolume(docker.name('data'));
  const HostConfig = { Mounts: [{ Type: 'volume' as const, Source: volume, Target: '/data' }] };
  const write = async (path: string) => {
    const Cmd = [`dd if=/dev/zero of=${path} bs=1M count=101 && sleep 3600`];
    return await startApp(t, { Entrypoint: ['/bin/sh', '-c'], Cmd, HostConfig });
  };
  const sound = await write('/data/big');
  const faulty = await write('/big');
  const growing = await startApp(t, {});
  await docker.until(async () => (await sizeOf(docker.engine, faulty)) === 101 * mebibyte, 60);
  const past = async (containerId: string, hoursAgo: number, writableBytes: number) => {
    const at = new Date(Date.now() - hoursAgo * 3_600_000);
    await db.containerSample.create({ data: { hostName: 'local', containerId, at, writableBytes } });
  };
  t.match(await stowage.finished('POST', '/v1/hosts/local/measurements', {}, 120), { state: 'succeeded' });
  t.match(await breaks(t, stowage, 'CNT-001', { container: faulty.id }), { severity: 'low' });
  // The growth of days cannot be waited for: only what was measured then is made up.
  await db.containerSample.deleteMany({ where: { containerId: growing.id } });
  for (const hoursAgo of [48, 24, 0]) await past(growing.id, hoursAgo, (48 - hoursAgo) * 3 * mebibyte);
  await db.container.updateMany({ where: { id: growing.id }, data: { writableBytes: 50 * mebibyte } });
  await judgeAgain(docker);
  t.match(await breaks(t, stowage, 'CNT-001', { container: growing.id }), {
    severity: 'low',
    evidence: { growthBytesPerDay: String },
  });
  await keeps(t, stowage, 'CNT-001', { container: sound.id });
});
