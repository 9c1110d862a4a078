import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { buildImage } from '../../machinery/build-image.ts';
import { testDocker } from '../../machinery/docker.ts';
import { type Stowage, sharedStowage } from '../../machinery/stowage.ts';

const backups = '/v1/hosts/local/image-backups';
const restores = '/v1/hosts/local/image-restores';

/** Two images over one layer of 20 MB that cannot be compressed. */
async function twoImages(t: Test) {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const shared = { 'shared.bin': randomBytes(20_000_000) };
  const names = [`${docker.name('one')}:1`, `${docker.name('two')}:1`];
  const ids: string[] = [];
  for (const name of names) {
    const lines = ['COPY shared.bin /shared.bin', `RUN echo ${name} > /name`];
    ids.push(await buildImage(t, docker.engine, { name, lines, files: shared }));
    await known(stowage, name);
  }
  const [one = '', two = ''] = names;
  return { docker, stowage, one, two, ids };
}

async function known(stowage: Stowage, name: string): Promise<void> {
  await stowage.until('/v1/hosts/local/images?limit=500', ({ items }) => items.some(has(name)), 30);
}

const has =
  (name: string) =>
  ({ tags }: { tags: string[] }) =>
    tags.includes(name);

t.test('B2: images are kept with what they share stored once, and come back with id and names', async (t) => {
  const { docker, stowage, one, two, ids } = await twoImages(t);
  const first = await stowage.finished('POST', backups, { image: one }, 120);
  t.match(first, { state: 'succeeded', kind: 'image_backup', volume: null }, first.error?.detail);
  t.ok(first.result.bytesAdded > 20_000_000, `${first.result.bytesAdded} bytes were added`);
  const second = await stowage.finished('POST', backups, { image: two }, 120);
  t.match(second, { state: 'succeeded' }, second.error?.detail);
  t.ok(second.result.bytesRead > 20_000_000);
  t.ok(second.result.bytesAdded < 5_000_000, `${second.result.bytesAdded} bytes were added for the second`);

  const again = await stowage.finished('POST', backups, { image: one });
  t.match(again, { state: 'succeeded', result: { snapshot: first.result.snapshot, bytesRead: 0 } });
  t.match(again.result.skipped, [/holds it already/]);
  const { snapshot } = first.result;
  t.match(await stowage.get(`/v1/snapshots/${snapshot}`), {
    volume: null,
    project: null,
    reason: 'backup',
    dump: null,
    configuration: null,
    image: { id: ids[0], reference: one },
  });
  const { items } = await stowage.get('/v1/snapshots?holds=image&limit=500');
  t.ok(items.length >= 2 && items.every((item: { image: object | null }) => item.image !== null));
  t.equal((await stowage.get('/v1/snapshots?holds=volume')).items.length, 0);

  t.match(await stowage.finished('POST', restores, { snapshot }), { state: 'succeeded', result: { bytesRestored: 0 } });
  await docker.engine.getImage(one).remove();
  await t.rejects(docker.engine.getImage(ids[0] ?? '').inspect(), 'it is gone');
  const restored = await stowage.finished('POST', restores, { snapshot }, 120);
  t.match(restored, { state: 'succeeded', kind: 'image_restore' }, restored.error?.detail);
  t.ok(restored.result.bytesRestored > 20_000_000);
  t.match(await docker.engine.getImage(one).inspect(), { Id: ids[0], RepoTags: [one] });
  t.equal((await docker.helpersOf(restored.id)).length, 0);

  const volume = docker.name('into');
  t.match(await stowage.call('POST', `/v1/snapshots/${snapshot}/restores`, { into: volume }), {
    status: 409,
    body: { code: 'snapshot_unsuitable' },
  });
});

t.test('a name that another image has is not taken from it; what is no image is refused', async (t) => {
  const { docker, stowage, one, two, ids } = await twoImages(t);
  const { data } = await stowage.graphql(
    'mutation ($image: String!) { createImageBackup(input: { host: "local", image: $image }) { id kind } }',
    { image: one },
  );
  t.equal(data.createImageBackup.kind, 'image_backup');
  const { result } = await stowage.waitForJob(data.createImageBackup.id, 120);
  await docker.engine.getImage(one).remove();
  const [repo = '', tag = ''] = one.split(':');
  await docker.engine.getImage(two).tag({ repo, tag });
  const { snapshot } = result;
  t.match(await stowage.finished('POST', restores, { snapshot }), {
    state: 'failed',
    error: { code: 'image_name_taken' },
  });
  t.match(await docker.engine.getImage(one).inspect(), { Id: ids[1] }, 'it is as it was');
  t.match(await stowage.call('POST', backups, { image: 'no-such-image' }), {
    status: 404,
    body: { code: 'image_not_found' },
  });
  t.match(await stowage.call('POST', restores, { snapshot: 'd'.repeat(64) }), { status: 404 });
});

t.test('the catalogue that is made anew from a repository knows what an image snapshot holds', async (t) => {
  const { stowage, one, ids } = await twoImages(t);
  const { result } = await stowage.finished('POST', backups, { image: one }, 120);
  await stowage.database.query('delete from snapshots');
  const imported = await stowage.finished('POST', '/v1/repositories/default/imports', {}, 60);
  t.match(imported, { state: 'succeeded' }, imported.error?.detail);
  t.match(await stowage.get(`/v1/snapshots/${result.snapshot}`), {
    volume: null,
    reason: 'backup',
    image: { id: ids[0], reference: one },
  });
});
