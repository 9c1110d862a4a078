import t from 'tap';
import { buildImage } from '../../machinery/build-image.ts';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

t.test('B2: an image that is gone comes from its snapshot, and without one nothing is made', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const project = docker.name('app');
  const image = `${docker.name('image')}:1`;
  const id = await buildImage(t, docker.engine, { name: image, lines: ['RUN echo x > /x'] });
  const made = await docker.engine.createContainer({
    name: `${project}-web`,
    Image: image,
    Labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': 'web' },
    HostConfig: { NetworkMode: 'none' },
  });
  const removeIt = () =>
    docker.engine
      .getContainer(`${project}-web`)
      .remove({ force: true })
      .catch(() => undefined);
  t.teardown(removeIt);
  t.ok(made.id);
  await stowage.until(`/v1/hosts/local/containers?project=${project}`, ({ items }) => items.length === 1, 30);
  const backups = `/v1/hosts/local/compose-projects/${project}/configuration-backups`;
  const { result } = await stowage.finished('POST', backups, {});
  const { snapshot } = result;
  const has = ({ tags }: { tags: string[] }) => tags.includes(image);
  await stowage.until('/v1/hosts/local/images?limit=500', ({ items }) => items.some(has), 30);

  await removeIt();
  const archive = await stowage.finished('POST', '/v1/hosts/local/image-backups', { image }, 120);
  t.match(archive, { state: 'succeeded' }, archive.error?.detail);
  await docker.engine.getImage(image).remove();
  const restored = await stowage.finished('POST', '/v1/hosts/local/configuration-restores', { snapshot }, 120);
  t.match(restored, { state: 'succeeded' }, restored.error?.detail);
  t.strictSame(restored.result.created, [`image/${image}`, `container/${project}-web`]);
  t.match(await docker.engine.getContainer(`${project}-web`).inspect(), { Image: id, Config: { Image: image } });

  await removeIt();
  await docker.engine.getImage(image).remove();
  await stowage.database.query('delete from snapshots where id = $1', [archive.result.snapshot]);
  const without = await stowage.finished('POST', '/v1/hosts/local/configuration-restores', { snapshot });
  t.match(without, { state: 'failed', error: { code: 'configuration_incomplete', detail: new RegExp(image) } });
  await t.rejects(docker.engine.getContainer(`${project}-web`).inspect(), /no such container/i);
});
