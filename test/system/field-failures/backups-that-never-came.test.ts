import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';
const schedule = { cron: '0 0 1 1 *' };

t.test('N1: a mistyped volume name makes no empty volume and no empty backup', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const typo = docker.name('ordres');
  const refused = await stowage.call('POST', `${volumes}/${typo}/backups`, {});
  t.match(refused, { status: 404, body: { code: 'volume_not_found', detail: new RegExp(typo) } });
  t.notOk(await docker.volumeExists(typo));
});

t.test('N7: a backup that cannot run is itself an event', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const [volume, repository] = [docker.name('data'), docker.name('nowhere')];
  await stowage.created('POST', volumes, { name: volume });
  await stowage.created('POST', '/v1/repositories', { name: repository, path: `${stowage.state}/${repository}` });
  const job = await stowage.finished('POST', `${volumes}/${volume}/backups`, { repository });
  t.match(job, { state: 'failed', error: { code: String, detail: String } });
  const { items } = await stowage.get('/v1/events?types=stowage.job.failed&limit=500');
  t.ok(items.some(({ data }: Answer) => data.job === job.id));
});

t.test(
  'N8, N28: protection is judged by time alone: a new volume is uncovered, an old backup breaks the promise',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await sharedStowage();
    const volume = docker.name('new');
    await stowage.created('POST', volumes, { name: volume });
    const protection = () => stowage.get(`${volumes}/${volume}/protection`);
    t.match(await protection(), { state: 'uncovered', problems: [/No policy covers it/] });
    const selector = { names: [volume] };
    await stowage.created('POST', '/v1/policies', { name: docker.name('p'), selector, schedule, rpoSeconds: 3600 });
    t.match(await protection(), { state: 'waiting' });
    await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
    t.match(await protection(), { state: 'protected' });
    await stowage.database.query(
      `update snapshots set taken_at = now() - interval '400 days' where volume = '${volume}'`,
    );
    t.match(await protection(), { state: 'breached', problems: [/older than the 3600 seconds/] });
  },
);

t.test(
  'N18, N19: retention takes no snapshot that a restore reads, and none of a volume that has lost its data',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await sharedStowage();
    const volume = docker.name('kept');
    await stowage.created('POST', volumes, { name: volume });
    await docker.run(volume, 'head -c 5000000 /dev/urandom > /data/file');
    const selector = { names: [volume] };
    await stowage.created('POST', '/v1/policies', { name: docker.name('p'), selector, schedule, keep: { last: 1 } });
    const backUp = async (days: number) => {
      const { result } = await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
      await stowage.database.query(
        `update snapshots set taken_at = now() - interval '${days} days' where id = '${result.snapshot}'`,
      );
      return result.snapshot as string;
    };
    const snapshot = await backUp(9);
    await backUp(5);
    const plan = () => stowage.get(`${volumes}/${volume}/retention`);
    t.match(await plan(), { remove: 1, heldBack: null });
    const restore = await stowage.accepted('POST', `${volumes}/${volume}/restores`, {
      snapshot,
      into: docker.name('into'),
    });
    const helper = await docker.pauseHelper(restore.id, 'restore');
    t.match(await plan(), { remove: 0, items: [{ action: 'keep' }, { snapshot, action: 'keep', why: [/needs it/] }] });
    await helper.unpause();
    t.match(await stowage.waitForJob(restore.id), { state: 'succeeded' });
    await docker.run(volume, 'rm /data/file');
    await backUp(0);
    t.match(await plan(), { remove: 0, heldBack: /BKP-006/ });
  },
);

t.test(
  'N20: an append-only repository is declared, and forgetting is left out with a reason, not with a failure',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await sharedStowage();
    const [volume, repository] = [docker.name('data'), docker.name('worm')];
    await stowage.created('POST', volumes, { name: volume });
    await stowage.created('POST', '/v1/repositories', { name: repository, volume: repository, appendOnly: true });
    const { result } = await stowage.finished('POST', `${volumes}/${volume}/backups`, { repository });
    const id = result.snapshot;
    const refused = await stowage.call('DELETE', `/v1/snapshots/${id}?confirm=${id}`);
    t.match(refused, {
      status: 409,
      body: { code: 'repository_append_only', detail: /append-only|appendOnly|removed/ },
    });
    t.match(await stowage.get(`${volumes}/${volume}/retention`), { items: [{ action: 'keep', why: [/append-only/] }] });
  },
);
