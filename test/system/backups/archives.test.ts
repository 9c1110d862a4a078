import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress, type Gunzip } from 'node:zlib';
import t from 'tap';
import { extract, type Header } from 'tar-stream';
import type { Answer, ApiClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage, startStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';

/** The headers of an archive that is downloaded, by name. */
async function headersOf(
  { address, adminKey }: Pick<ApiClient, 'adminKey'> & { readonly address: string },
  path: string,
  decompress: NodeJS.ReadWriteStream | Gunzip | null,
): Promise<Map<string, Header>> {
  const { status, body } = await fetch(new URL(path, address), { headers: { authorization: `Bearer ${adminKey}` } });
  if (status !== 200 || body === null) throw new Error(`${path} answered ${status}`);
  const headers = new Map<string, Header>();
  const untar = extract();
  untar.on('entry', (header, stream, next) => {
    headers.set(header.name, header);
    stream.resume().on('end', next);
  });
  await (decompress === null
    ? pipeline(Readable.fromWeb(body), untar)
    : pipeline(Readable.fromWeb(body), decompress, untar));
  return headers;
}

t.test('a snapshot is downloaded as an archive, whole or a folder of it, in each format', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const volume = docker.name('tree');
  await stowage.created('POST', volumes, { name: volume });
  await docker.run(
    volume,
    `cd /data; mkdir -p "a/b c"; head -c 3000000 /dev/urandom > "a/b c/blob"; echo x > a/private; chown 999:998 a/private .
     chmod 0600 a/private; chmod 0700 .; ln -s private a/link; touch -d @1700000000 a/private .`,
  );
  const { result } = await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
  const address = `/v1/snapshots/${result.snapshot}/archive`;

  const whole = await headersOf(stowage, address, createGunzip());
  t.match(whole.get('./'), { type: 'directory', mode: 0o700, uid: 999, gid: 998, mtime: new Date(1_700_000_000_000) });
  t.match(whole.get('a/private'), { type: 'file', mode: 0o600, uid: 999, gid: 998, size: 2 });
  t.match(whole.get('a/private')?.mtime, new Date(1_700_000_000_000));
  t.match(whole.get('a/link'), { type: 'symlink', linkname: 'private' });
  t.equal(whole.get('a/b c/blob')?.size, 3_000_000);
  t.same(
    [...(await headersOf(stowage, `${address}?format=tar.zst`, createZstdDecompress())).keys()],
    [...whole.keys()],
  );
  t.same([...(await headersOf(stowage, `${address}?format=tar`, null)).keys()], [...whole.keys()]);
  const folder = await headersOf(stowage, `${address}?path=/a/b%20c`, createGunzip());
  t.same([...folder.keys()].sort(), ['./', 'blob']);

  const { headers } = await stowage.download(address);
  t.match(headers.get('content-disposition'), `${volume}-${result.snapshot.slice(0, 8)}.tar.gz`);
  t.match(await stowage.call('GET', `${address}?path=/a/private`), {
    status: 409,
    body: { code: 'path_not_a_folder' },
  });
  t.match(await stowage.call('GET', `${address}?path=/nope`), { status: 404, body: { code: 'path_not_found' } });
  t.match(await stowage.call('GET', `${address}?format=zip`), { status: 400, body: { code: 'invalid_input' } });
  await docker.until(async () => (await helpersFor(docker)) === 0, 20);
});

t.test('an archive that breaks off half way breaks the connection', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('broken');
  await stowage.created('POST', volumes, { name: volume });
  await docker.run(volume, 'head -c 150000000 /dev/urandom > /data/blob');
  const { result } = await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
  const path = `/v1/snapshots/${result.snapshot}/archive?format=tar`;
  const headers = { authorization: `Bearer ${stowage.adminKey}` };
  // Nobody reads it yet, so the helper waits in the middle.
  const { status, body } = await fetch(new URL(path, stowage.address), { headers });
  t.equal(status, 200);
  const [reader] = (await readers(docker)).filter(({ State }) => State === 'running');
  await docker.engine.getContainer(reader?.Id ?? '').kill();
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await t.rejects(pipeline(Readable.fromWeb(body ?? new ReadableStream()), nowhere));
});

t.test("an archive of the tutorial's becomes a volume", async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const [archives, gzipped, zstd] = [docker.name('archives'), docker.name('gzipped'), docker.name('zstd')];
  await stowage.created('POST', volumes, { name: archives, project: 'shop' });
  await docker.run(
    archives,
    `mkdir -p /tmp/x/deep; cd /tmp/x; echo precious > deep/file; chown 70:70 . deep/file; chmod 0700 .; ln -s deep/file link
     tar czf /data/db.tar.gz -C /tmp/x . && tar --zstd -cf /data/db.tar.zst -C /tmp/x .`,
  );
  const { result } = await stowage.finished('POST', `${volumes}/${archives}/archive-imports`, {
    path: '/db.tar.gz',
    into: gzipped,
  });
  t.match(result, { volume: gzipped, files: 3, bytesRestored: 9 });
  const look = `cd /data; stat -c '%n %u:%g %a' . deep/file; cat link`;
  t.equal(await docker.run(gzipped, look), '. 70:70 700\ndeep/file 70:70 644\nprecious\n');
  t.match(await stowage.get(`${volumes}/${gzipped}`), { project: 'shop' });

  const { data } = await stowage.graphql(
    `mutation { importArchive(input: { host: "local", name: "${archives}", path: "/db.tar.zst", into: "${zstd}" }) { id kind } }`,
  );
  t.equal(data.importArchive.kind, 'archive_import');
  t.equal((await stowage.waitForJob(data.importArchive.id)).state, 'succeeded');
  t.equal(await docker.run(zstd, look), '. 70:70 700\ndeep/file 70:70 644\nprecious\n');
  t.match(await stowage.call('POST', `${volumes}/${archives}/archive-imports`, { path: '/db.tar.gz', into: zstd }), {
    status: 409,
    body: { code: 'volume_exists' },
  });
});

t.test('an archive that is missing, damaged, empty or climbs out leaves no volume', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const [archives, made] = [docker.name('archives'), docker.name('made')];
  await stowage.created('POST', volumes, { name: archives });
  await docker.run(
    archives,
    `mkdir /tmp/x /tmp/none && head -c 2000000 /dev/urandom > /tmp/x/blob && cd /data && tar czf whole.tar.gz -C /tmp/x . &&
     head -c 1000000 whole.tar.gz > cut.tar.gz && echo hello > text.tar.gz && tar czf empty.tar.gz -T /dev/null &&
     cd /tmp/none && echo evil > ../evil && tar cPzf /data/climbs.tar.gz ../evil && ln -s /etc/passwd /data/link.tar.gz`,
  );
  const cases: [string, string][] = [
    ['/cut.tar.gz', 'archive_invalid'],
    ['/text.tar.gz', 'archive_invalid'],
    ['/empty.tar.gz', 'archive_invalid'],
    ['/climbs.tar.gz', 'archive_invalid'],
    ['/nope.tar.gz', 'archive_not_found'],
    ['/link.tar.gz', 'archive_not_found'],
  ];
  for (const [path, code] of cases) {
    const job: Answer = await stowage.finished('POST', `${volumes}/${archives}/archive-imports`, { path, into: made });
    t.match(job, { state: 'failed', error: { code } }, path);
    t.notOk(await docker.volumeExists(made), `${path} leaves no volume`);
  }
  t.match(await stowage.call('POST', `${volumes}/${archives}/archive-imports`, { path: '/../x', into: made }), {
    status: 400,
    body: { code: 'invalid_input' },
  });
});

type TestDocker = ReturnType<typeof testDocker>;

function readers({ engine }: TestDocker) {
  return engine.listContainers({ filters: { label: ['stowage.step=read'] } });
}

async function helpersFor({ engine }: TestDocker): Promise<number> {
  return (await engine.listContainers({ all: true, filters: { label: ['stowage.step=read'] } })).length;
}
