import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import t from 'tap';
import { type Answer, connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';

const mebibyte = 2 ** 20;
const addressOf = (volume: string) => `/v1/hosts/local/volumes/${volume}/performance`;

/** Writes 40 MiB past the page cache once it is told to, and reads them back in the same way. */
const worker = `
  until [ -e /data/go ]; do sleep 0.2; done
  dd if=/dev/zero of=/data/file bs=1048576 count=40 oflag=direct
  dd if=/data/file of=/dev/null bs=1048576 iflag=direct
  touch /data/done
  sleep 600`;

/** The disk that a folder lies on. */
async function diskOf(folder: string): Promise<string> {
  const { dev } = await stat(folder);
  const device = await realpath(`/sys/dev/block/${dev >> 8}:${dev & 255}`);
  return `/dev/${basename(existsSync(join(device, 'partition')) ? dirname(device) : device)}`;
}

t.test('what the containers of a volume read and write past the page cache is seen as rates', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_MONITOR_SECONDS: '1' } });
  const volume = docker.name('data');
  // A limit far above what any disk does: with cgroup v1 a new kernel counts for this disk from then on.
  const limit = [{ Path: await diskOf(groundOfTests().folder), Rate: 10 ** 11 }];
  const busy = await docker.container({
    volume,
    script: worker,
    stopTimeout: 1,
    labels: { 'stowage.project': 'shop' },
    hostConfig: { BlkioDeviceReadBps: limit, BlkioDeviceWriteBps: limit },
  });
  const idle = await docker.container({ volume, script: 'sleep 600', stopTimeout: 1 });
  const of = ({ containers }: Answer, { id }: { id: string }) => containers.find((one: Answer) => one.id === id);
  const listed = ({ items }: Answer) => items.some(({ name }: Answer) => name === volume);
  await stowage.until('/v1/volumes?limit=500', listed, 20);
  await stowage.until(addressOf(volume), (body) => of(body, busy)?.measuredAt && of(body, idle)?.measuredAt, 60);
  const begin = new Date();

  await docker.run(volume, 'touch /data/go; until [ -e /data/done ]; do sleep 0.2; done');
  const written = ({ rates, measuredSeconds }: Answer) => (rates?.writtenBytesPerSecond ?? 0) * measuredSeconds;
  const after = await stowage.until(addressOf(volume), (body) => written(of(body, busy)) > 39 * mebibyte, 60);
  const { rates, measuredSeconds, memoryBytes, otherMounts } = of(after, busy);
  t.ok(written(of(after, busy)) < 48 * mebibyte, `${written(of(after, busy))} bytes written`);
  const read = rates.readBytesPerSecond * measuredSeconds;
  t.ok(read > 39 * mebibyte && read < 48 * mebibyte, `${read} bytes read`);
  t.ok(rates.writeOperationsPerSecond * measuredSeconds > 38, 'an operation for each block at least');
  t.ok(rates.readOperationsPerSecond * measuredSeconds > 38);
  t.ok(memoryBytes > 0);
  t.equal(otherMounts, 0);
  t.ok(written(of(after, idle)) < mebibyte, 'the other container did nothing');
  t.equal(after.attribution, 'whole_containers');
  const sum = after.containers.reduce(
    (total: number, { rates }: Answer) => total + (rates?.writtenBytesPerSecond ?? 0),
    0,
  );
  t.ok(Math.abs(after.totals.writtenBytesPerSecond - sum) < 1);

  await t.test('the space of the volume and of its file system stand beside it once they are measured', async (t) => {
    await stowage.finished('POST', '/v1/hosts/local/measurements', {}, 180);
    const { space, fileSystem } = await stowage.get(addressOf(volume));
    t.match(space, { bytes: 40 * mebibyte, files: 3, inodes: 4 });
    t.ok(fileSystem.freeBytes > 0 && fileSystem.freeBytes < fileSystem.totalBytes);
  });

  await t.test('the series shows when it was', async (t) => {
    const from = new Date(begin.getTime() - 5_000).toISOString();
    // A fast machine is here before the readings that follow the writing.
    const { series } = await stowage.until(
      `${addressOf(volume)}?from=${from}`,
      ({ series }) => series.length >= 3 && series.some((point: Answer) => point.writtenBytesPerSecond === 0),
    );
    t.ok(series.length >= 3 && series.length <= 60, `${series.length} points`);
    t.ok(series.some((point: Answer) => point.writtenBytesPerSecond > mebibyte));
    t.ok(
      series.some((point: Answer) => point.writtenBytesPerSecond === 0),
      'the rest of the time nothing',
    );
    const empty = await stowage.get(`${addressOf(volume)}?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`);
    t.match(empty, {
      totals: null,
      series: [],
      containers: [{ rates: null, measuredSeconds: 0, measuredAt: null }, { rates: null }],
    });
    const wrong = await stowage.call('GET', `${addressOf(volume)}?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z`);
    t.match(wrong, { status: 400, body: { code: 'invalid_input' } });
  });

  await t.test('GraphQL gives the same, by itself and with a list of volumes', async (t) => {
    const fields = '{ attribution totals { writtenBytesPerSecond } containers { id rates { readBytesPerSecond } } }';
    const { data, errors } = await stowage.graphql(
      `{ volumePerformance(host: "local", name: "${volume}") ${fields} volumes(name: "${volume}") { items { performance ${fields} } } }`,
    );
    t.equal(errors, undefined);
    for (const one of [data.volumePerformance, data.volumes.items[0].performance]) {
      t.equal(one.attribution, 'whole_containers');
      t.ok(one.totals.writtenBytesPerSecond > 0);
      t.ok(of(one, busy).rates.readBytesPerSecond > 0);
    }
  });

  await t.test('only the containers of the own projects are told of', async (t) => {
    await stowage.call('PATCH', `/v1/hosts/local/volumes/${volume}`, { project: 'shop' });
    const client = async (project: string) =>
      connectClient(
        stowage.address,
        (await stowage.created('POST', '/v1/tokens', { name: project, roles: [{ role: 'viewer', project }] })).key,
      );
    const seen = await (await client('shop')).get(addressOf(volume));
    t.same(
      seen.containers.map(({ id }: Answer) => id),
      [busy.id],
    );
    const hidden = await (await client('elsewhere')).call('GET', addressOf(volume));
    t.match(hidden, { status: 404, body: { code: 'volume_not_found' } });
  });

  await t.test('a restart of the container makes no rates below zero', async (t) => {
    await busy.restart({ t: 0 });
    const restartedAt = new Date().toISOString();
    const later = await stowage.until(addressOf(volume), (body) => of(body, busy).measuredAt > restartedAt, 60);
    t.ok(written(of(later, busy)) > 39 * mebibyte, 'what it did before still counts');
    for (const point of later.series) t.ok(point.writtenBytesPerSecond >= 0 && point.readBytesPerSecond >= 0);
  });
});
