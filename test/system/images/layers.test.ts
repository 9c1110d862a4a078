import { randomBytes } from 'node:crypto';
import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { buildImage } from '../../machinery/build-image.ts';
import { testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

const images = '/v1/hosts/local/images';
const containers = '/v1/hosts/local/containers';
const layersOf = (container: string) => `${containers}/${container}/layers`;

async function known(stowage: Stowage, image: string): Promise<void> {
  await stowage.until(
    `${images}?limit=500`,
    ({ items }) => items.some(({ tags }: { tags: string[] }) => tags.includes(image)),
    20,
  );
}

/** The layers of a container, once its image is known. */
async function seenLayers(stowage: Stowage, container: string) {
  const isListed = ({ items }: { items: { id: string }[] }) => items.some(({ id }) => id === container);
  await stowage.until(`${containers}?limit=500`, isListed, 20);
  return await stowage.until(layersOf(container), ({ image }) => image !== null, 20);
}

t.test('the layers of two images are told with their instructions, their sizes, and what they share', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const base = `${docker.name('base')}:1`;
  const top = `${docker.name('top')}:1`;
  const files = { 'one.bin': randomBytes(30_000), 'two.bin': randomBytes(50_000) };
  const shared = ['ENV COLOUR=blue', 'COPY one.bin /one.bin', 'RUN true'];
  const baseId = await buildImage(t, docker.engine, { name: base, lines: shared, files });
  const lines = [
    ...shared,
    'RUN mkdir /made && head -c 70000 /dev/zero > /made/zeros',
    'COPY two.bin /two.bin',
    'CMD ["x"]',
  ];
  const topId = await buildImage(t, docker.engine, { name: top, lines, files });
  await known(stowage, base);
  await known(stowage, top);

  // What the classic builder has made on the way is an image too when it is listed just then, until the next look.
  const isSettled = ({ layers }: { layers: { shared: number }[] }) => layers.at(-1)?.shared === 0;
  const found = await stowage.until(`${images}/${encodeURIComponent(top)}`, isSettled, 60);
  const inspected = await docker.engine.getImage(top).inspect();
  t.match(found, { host: 'local', id: topId, tags: [top], bytes: inspected.Size, usedBy: [] });
  t.same(
    found.layers.map(({ digest }: { digest: string }) => digest),
    inspected.RootFS.Layers,
    'the layers are those of docker inspect, in the same order',
  );
  t.match(found.layers.slice(-3), [
    { instruction: 'COPY', bytes: 30_000, createdBy: /one\.bin|in \/one\.bin/ },
    { instruction: 'RUN', bytes: 70_000, createdBy: 'RUN mkdir /made && head -c 70000 /dev/zero > /made/zeros' },
    { instruction: 'COPY', bytes: 50_000 },
  ]);
  t.ok(found.layers.at(-3).shared >= 1 && found.layers.at(-2).shared === 0 && found.layers.at(-1).shared === 0);
  t.equal(found.uniqueBytes, 120_000);
  t.equal(found.sharedBytes, inspected.Size - 120_000);
  t.match(
    found.otherSteps
      .map(({ instruction, madeLayer }: { instruction: string; madeLayer: boolean }) => [instruction, madeLayer])
      .slice(-3),
    [
      ['ENV', false],
      ['RUN', false],
      ['CMD', false],
    ],
  );
  const below = await stowage.get(`${images}/${baseId}`);
  t.same(
    below.layers.map(({ chainId }: { chainId: string }) => chainId),
    found.layers.slice(0, -2).map(({ chainId }: { chainId: string }) => chainId),
    'what is shared has the same chain ids',
  );
  t.equal(
    (await stowage.get(`${images}/${baseId.slice('sha256:'.length)}`)).id,
    baseId,
    'an id is good without its prefix',
  );

  await docker.engine.getImage(base).remove();
  await stowage.until(`${images}?limit=500`, ({ items }) => items.every(({ id }: { id: string }) => id !== baseId), 20);
  const alone = await stowage.get(`${images}/${encodeURIComponent(top)}`);
  t.equal(alone.uniqueBytes, 150_000, 'a layer that nobody shares any more is unique');
  t.match(await stowage.call('GET', `${images}/${encodeURIComponent(base)}`), {
    status: 404,
    body: { code: 'image_not_found' },
  });
});

t.test(
  'a container shows the layers of its image, over both interfaces, also when the image has lost its name',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    // Of its own: the containers of other tests are on the same engine.
    const project = docker.name('project');
    const name = docker.name('used');
    const id = await buildImage(t, docker.engine, { name, lines: ['RUN echo x > /x'] });
    const container = await docker.engine.createContainer({
      name: docker.name('user'),
      Image: name,
      Labels: { 'stowage.project': project },
      HostConfig: { NetworkMode: 'none' },
    });
    t.teardown(() => container.remove({ force: true }));
    const shown = await seenLayers(stowage, container.id);
    t.match(shown, { image: { id, tags: [`${name}:latest`] }, writableLayer: null });
    t.match(shown.layers.at(-1), { instruction: 'RUN', createdBy: 'RUN echo x > /x', bytes: 2, shared: 0 });

    const query = `query ($container: String!) {
    containerLayers(host: "local", container: $container) { image { id tags } uniqueBytes layers { number instruction bytes shared } writableLayer { bytes } }
    container(host: "local", container: $container) { madeFrom { id tags containers } }
    image(host: "local", image: "${name}") { id usedBy { id } }
  }`;
    const { data, errors } = await stowage.graphql(query, { container: container.id });
    t.equal(errors, undefined);
    t.equal(data.containerLayers.image.id, id);
    t.same(
      data.containerLayers.layers,
      shown.layers.map(({ number, instruction, bytes, shared }: Record<string, unknown>) => ({
        number,
        instruction,
        bytes,
        shared,
      })),
    );
    t.same(data.container.madeFrom, { id, tags: [`${name}:latest`], containers: 1 });
    t.same(data.image.usedBy, [{ id: container.id }]);

    const key = async (project: string) => {
      const { key } = await stowage.created('POST', '/v1/tokens', {
        name: project,
        roles: [{ role: 'viewer', project }],
      });
      return connectClient(stowage.address, key);
    };
    const [insider, stranger] = [await key(project), await key(`${project}-other`)];
    t.same(
      (await insider.get(images)).items.map((image: { id: string }) => image.id),
      [id],
      'the images of the own containers',
    );
    t.equal((await insider.get(layersOf(container.id))).image.id, id);
    t.same((await stranger.get(images)).items, []);
    t.match(await stranger.call('GET', `${images}/${name}`), { status: 404, body: { code: 'image_not_found' } });
    t.match(await stranger.call('GET', layersOf(container.id)), { status: 404, body: { code: 'container_not_found' } });

    await docker.engine.getImage(name).remove({ force: true });
    await stowage.until(layersOf(container.id), ({ image }) => image?.tags.length === 0, 20);
    t.equal(
      (await stowage.get(layersOf(container.id))).layers.length,
      shown.layers.length,
      'its layers are still known',
    );
  },
);

t.test(
  'a commit and an import are images too, and a container of one that was made before is known after a restart',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    const name = docker.name('committed');
    const volume = docker.name('data');
    const container = await docker.container({
      volume,
      script: 'head -c 4000 /dev/zero > /own; sleep 600',
      stopTimeout: 1,
    });
    await docker.until(
      async () => ((await container.inspect({ size: true } as object)) as { SizeRw?: number }).SizeRw === 4000,
      20,
    );
    await container.commit({ repo: name, tag: '1' });
    t.teardown(() => docker.engine.getImage(`${name}:1`).remove({ force: true }));
    await known(stowage, `${name}:1`);
    const found = await stowage.get(`${images}/${encodeURIComponent(`${name}:1`)}`);
    t.match(found.layers.at(-1), { bytes: 4000, shared: 0 });

    await stowage.finished('POST', '/v1/hosts/local/measurements', {}, 180);
    const { writableLayer } = await stowage.get(layersOf(container.id));
    t.match(writableLayer, { bytes: 4000, measuredAt: /Z$/ }, 'the writable layer is told once it is measured');
    const { data } = await stowage.graphql(
      `{ containerLayers(host: "local", container: "${container.id}") { writableLayer { bytes measuredAt } } }`,
    );
    t.same(data.containerLayers.writableLayer, writableLayer);

    await stowage.stop();
    const user = await docker.engine.createContainer({
      name: docker.name('user'),
      Image: `${name}:1`,
      HostConfig: { NetworkMode: 'none' },
    });
    t.teardown(() => user.remove({ force: true }));
    const again = await startStowage(t, { database: stowage.database, state: stowage.state });
    t.equal((await seenLayers(again, user.id)).image.id, found.id);
  },
);
