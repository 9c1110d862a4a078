import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const measurements = '/v1/hosts/local/measurements';

/** Everything that makes sizes hard: hard links, holes, odd names, links, a pipe, and many small files. */
const odd = `cd /data; mkdir -p deep/er many
  head -c 300000 /dev/urandom > plain; ln plain deep/linked; ln plain deep/er/again
  truncate -s 50000000 holes; printf x | dd of=holes bs=1 seek=25000000 conv=notrunc 2>/dev/null
  ln -s ../plain deep/link; mkfifo pipe; : > empty
  printf 1 > "$(printf 'new\\nline')"; printf 22 > ' blank '; printf 333 > '-n'; printf 4444 > "$(printf '\\377')"
  i=0; while [ $i -lt 3000 ]; do echo $i > many/$i; i=$((i + 1)); done
  chown -R 999:999 deep many; chmod 0700 deep many`;

/** What GNU du and Docker say of a volume. */
async function judged(docker: ReturnType<typeof testDocker>, volume: string) {
  const du = await docker.run(
    volume,
    'cd /data; du -s -k . | cut -f1; find . -not -type d -printf x | wc -c; find . -printf "%i\\n" | sort -u | wc -l',
  );
  const [kib, files, inodes] = du.trim().split('\n').map(Number);
  const { Volumes } = await docker.engine.df();
  const found = Volumes?.find(({ Name }: { Name: string }) => Name === volume);
  return { bytes: found?.UsageData?.Size, allocatedBytes: (kib ?? 0) * 1024, files, inodes };
}

t.test('volumes are sized as Docker and du size them, whatever lies in them', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const names = [docker.name('odd'), docker.name('empty')];
  for (const name of names) await stowage.created('POST', '/v1/hosts/local/volumes', { name });
  await docker.run(names[0] ?? '', odd);
  const before = await stowage.get(`/v1/hosts/local/volumes/${names[0]}`);
  t.equal(before.usage, null);

  const job = await stowage.finished('POST', measurements, {});
  t.equal(job.state, 'succeeded', job.error?.detail);
  t.match(job, { kind: 'host_measure', volume: null, result: { imagesMeasured: Number, containersMeasured: Number } });
  for (const name of names) {
    const { usage } = await stowage.get(`/v1/hosts/local/volumes/${name}`);
    const { measuredAt, ...sizes } = usage;
    t.same(sizes, await judged(docker, name), name);
    t.ok(Date.now() - Date.parse(measuredAt) < 60_000);
  }
  t.equal((await docker.helpersOf(job.id)).length, 0, 'no helper is left');
});

t.test('a volume with options is sized while a running container has it, else left with the reason', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const volume = docker.name('tmpfs');
  const options = { type: 'tmpfs', device: 'tmpfs', o: 'size=20m' };
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, options });
  const idle = await stowage.finished('POST', measurements, {});
  t.match(idle.result.skipped.join('\n'), new RegExp(`volume/${volume}: it has options and no running container`));
  t.equal((await stowage.get(`/v1/hosts/local/volumes/${volume}`)).usage, null);

  await docker.container({ volume, script: 'head -c 1000000 /dev/zero > /data/file; sleep 600', stopTimeout: 1 });
  await docker.until(async () => (await stowage.get(`/v1/hosts/local/volumes/${volume}`)).inUse, 20);
  const busy = await stowage.finished('POST', measurements, {});
  t.notMatch(busy.result.skipped.join('\n'), new RegExp(volume));
  t.match((await stowage.get(`/v1/hosts/local/volumes/${volume}`)).usage, { bytes: 1_000_000, files: 1, inodes: 2 });
});
