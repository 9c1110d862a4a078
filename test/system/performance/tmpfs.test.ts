import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { buildImage } from '../../machinery/build-image.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const mebibyte = 2 ** 20;
const odd = `/odd "dir" $(exit 1) 'x' 💥`;

t.test(
  'the memory that each tmpfs of a running container holds is measured, and is gone when it is emptied',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t, { env: { STOWAGE_MONITOR_SECONDS: '1' } });
    const image = docker.name('linked');
    await buildImage(t, docker.engine, { name: image, lines: ['RUN mkdir -p /real /var && ln -s /real /var/link'] });
    const container = await docker.engine.createContainer({
      name: docker.name('user'),
      Image: image,
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: [
        `head -c 3145728 /dev/zero > /cache/x; head -c 1048576 /dev/zero > /real/in/x; cd '/odd "dir" $(exit 1) '"'x' 💥" && head -c 2097152 /dev/zero > x; sleep 600`,
      ],
      HostConfig: {
        NetworkMode: 'none',
        Tmpfs: { '/cache': 'size=8m', '/var/link/in': 'size=8m', [odd]: 'size=8m', '/empty': 'size=8m' },
      },
    });
    t.teardown(() => container.remove({ force: true }));
    await container.start();
    const address = `/v1/hosts/local/containers/${container.id}/mounts`;
    const used = ({ items }: Answer, target: string) =>
      items.find((one: Answer) => one.target === target)?.tmpfs?.usedBytes;
    const isListed = ({ items }: Answer) => items.some(({ id }: Answer) => id === container.id);
    await stowage.until('/v1/hosts/local/containers?limit=500', isListed, 20);

    const full = await stowage.until(address, (body) => used(body, '/cache') === 3 * mebibyte, 90);
    t.equal(used(full, odd), 2 * mebibyte, 'whatever its name is');
    t.equal(used(full, '/var/link/in'), mebibyte, 'also where an absolute link of the container leads to it');
    t.equal(used(full, '/empty'), 0);
    t.match(full.items[0].tmpfs.measuredAt, /Z$/);
    const { data, errors } = await stowage.graphql(
      `{ containerMounts(host: "local", container: "${container.id}") { items { target tmpfs { usedBytes measuredAt } } } }`,
    );
    t.equal(errors, undefined);
    t.equal(used(data.containerMounts, '/cache'), 3 * mebibyte);

    const exec = await container.exec({ Cmd: ['rm', '/cache/x'], AttachStdout: true });
    await exec.start({ hijack: false });
    const emptied = await stowage.until(address, (body) => used(body, '/cache') === 0, 90);
    t.equal(used(emptied, odd), 2 * mebibyte, 'the others are as they were');

    await container.stop({ t: 0 });
    const stopped = await stowage.until(address, (body) => used(body, '/cache') === null, 90);
    t.equal(used(stopped, odd), null, 'with its container a tmpfs is gone');
  },
);
