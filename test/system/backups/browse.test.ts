import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test('a snapshot is browsed by page, and one file of it downloaded', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('tree');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(
    volume,
    `cd /data; mkdir -p a/b; for n in 1 2 3 4 5; do echo $n > a/f$n; done; head -c 5000000 /dev/urandom > a/b/blob; ln -s f1 a/link; sha256sum a/b/blob > sum; chmod 0640 a/f1; echo q > "a/it's 100% odd"`,
  );
  const sum = (await docker.run(volume, 'cut -c1-64 /data/sum')).trim();
  const { result } = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
  const address = `/v1/snapshots/${result.snapshot.slice(0, 8)}`;

  const root = await stowage.get(`${address}/entries`);
  t.same(
    root.items.map(({ path }: { path: string }) => path),
    ['/a', '/sum'],
  );
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: { name: string }[]; nextCursor: string | null } = await stowage.get(
      `${address}/entries?path=/a&limit=3${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    t.ok(page.items.length <= 3);
    names.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== null);
  t.same(names, ['b', 'f1', 'f2', 'f3', 'f4', 'f5', "it's 100% odd", 'link']);
  t.match((await stowage.get(`${address}/entries?path=/a`)).items[1], {
    path: '/a/f1',
    type: 'file',
    bytes: 2,
    mode: '0640',
    uid: 0,
    gid: 0,
  });

  const { digest, headers } = await stowage.download(`${address}/file?path=/a/b/blob`);
  t.equal(digest, sum);
  t.match(headers.get('content-disposition'), /blob/);
  t.match(await stowage.call('GET', `${address}/file?path=/a`), { status: 409, body: { code: 'path_not_a_file' } });
  t.match(await stowage.call('GET', `${address}/file?path=/nope`), { status: 404, body: { code: 'path_not_found' } });
  t.match(await stowage.call('GET', `${address}/entries?path=/sum`), {
    status: 409,
    body: { code: 'path_not_a_folder' },
  });
  t.match(await stowage.call('GET', `${address}/entries?path=/../etc`), {
    status: 400,
    body: { code: 'invalid_input' },
  });
  t.match(await stowage.call('GET', '/v1/snapshots/00000000/entries'), {
    status: 404,
    body: { code: 'snapshot_not_found' },
  });
});
