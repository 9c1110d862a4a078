import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';
const files = 10_000;
const fill = `perl -e 'for $n (1..${files}) { $d = "/data/" . $n % 100; mkdir $d; open F, ">", "$d/file $n" or die; print F "content of $n"; close F }'`;
const digest = 'cd /data && find . -type f | sort | tr "\\n" "\\0" | xargs -0 sha256sum | sha256sum';

t.test('N10, N33: one call brings ten thousand files back, and its log can be read for good', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const [volume, restored] = [docker.name('many'), docker.name('again')];
  await stowage.created('POST', volumes, { name: volume });
  await docker.run(volume, fill);
  const { result } = await stowage.finished('POST', `${volumes}/${volume}/backups`, {}, 120);
  t.equal(result.files, files);

  const job = await stowage.finished('POST', `/v1/snapshots/${result.snapshot}/restores`, { into: restored }, 120);
  t.match(job, { state: 'succeeded', error: null });
  t.equal(await docker.run(restored, digest), await docker.run(volume, digest));
  t.equal((await docker.run(restored, 'find /data -type f | wc -l')).trim(), String(files));
  const log = await stowage.get(`/v1/jobs/${job.id}/log`);
  t.ok(log.items.length > 0, 'what it did can be read');

  const { data } = await stowage.graphql(
    `mutation ($snapshot: ID!, $into: String!) { restoreSnapshot(input: { snapshot: $snapshot, into: $into }) { id } }`,
    { snapshot: result.snapshot, into: docker.name('by-graphql') },
  );
  const again = await stowage.waitForJob(data.restoreSnapshot.id, 120);
  t.match(again, { state: 'succeeded' });
  t.equal(await docker.run(docker.name('by-graphql'), digest), await docker.run(volume, digest));
});
