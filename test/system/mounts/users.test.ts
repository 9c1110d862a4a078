import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { containerMaker } from './container-maker.ts';

t.test('a mount shows its user as the host knows it, and the owner of the folder of a volume', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('owned');
  // Docker gives an empty volume the owner that the image has there.
  await docker.run(volume, 'touch /data/file && chown 1000:2000 /data && chmod 750 /data');
  const { id } = await containerMaker(t, docker)({ name: 'app', user: '1000:1000', Binds: [`${volume}:/data:ro,Z`] });
  const path = `/v1/mounts?container=${id}`;
  const { items } = await stowage.until(path, ({ items }) => items.length === 1 && items[0].path !== null, 60);
  t.match(items, [{ user: '1000:1000', hostUser: '1000:1000', readOnly: true, selinux: 'private' }]);
  t.match(items[0].path, { exists: true, kind: 'directory', uid: 1000, gid: 2000, mode: '0750', entries: null });

  // An engine that remaps users needs users of the machine: only what it says of itself is made up.
  await stowage.database.query(
    `update hosts set details = details || '{"remapsUsers": true, "rootFolder": "/var/lib/docker/231072.231072"}'::jsonb`,
  );
  t.match((await stowage.get(path)).items, [{ user: '1000:1000', hostUser: '232072:232072' }]);
  const { data } = await stowage.graphql(
    `{ mounts(container: "${id}") { items { user hostUser readOnly selinux path { uid gid mode } } } }`,
  );
  t.same(data.mounts.items, [
    {
      user: '1000:1000',
      hostUser: '232072:232072',
      readOnly: true,
      selinux: 'private',
      path: { uid: 1000, gid: 2000, mode: '0750' },
    },
  ]);
  await docker.engine.createVolume({ Name: docker.name('again') });
  const judged = ({ items }: Answer) => items.length > 0;
  const found = await stowage.until(`/v1/findings?container=${id}&rule=MNT-018`, judged, 20);
  t.match(found.items, [
    { severity: 'medium', evidence: { user: '1000:1000', hostUser: '232072:232072', owner: '1000:2000' } },
  ]);
});
