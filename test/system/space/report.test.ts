import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

/** The body of a file as text. */
async function textOf(address: string, key: string, path: string) {
  const response = await fetch(new URL(path, address), { headers: { authorization: `Bearer ${key}` } });
  return { text: await response.text(), headers: response.headers };
}

t.test('the report sums up what a caller may see, by group, and comes as a file', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  // Other tests have volumes on this engine too.
  const [shop, blog, hidden] = [docker.name('shop'), docker.name('blog'), docker.name('hidden')];
  const make = async (name: string, bytes: number, more: object) => {
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: docker.name(name), ...more });
    if (bytes > 0) await docker.run(docker.name(name), `head -c ${bytes} /dev/zero > /data/file`);
  };
  await make('db', 3_000_000, { project: shop, class: 'critical', environment: 'live' });
  await make('cache', 200_000, { project: shop, class: 'cache' });
  await make('posts', 1_000_000, { project: blog, class: 'critical' });
  await make('secret', 9_000_000, { project: hidden });
  await docker.container({ volume: docker.name('db'), script: 'sleep 600', stopTimeout: 1 });
  await docker.until(async () => (await stowage.get(`/v1/hosts/local/volumes/${docker.name('db')}`)).inUse, 20);
  await stowage.finished('POST', '/v1/hosts/local/measurements', {});
  await make('late', 0, { project: blog });
  // Half of it came within the last day.
  await stowage.database.query(
    `insert into volume_samples select host, volume, at - interval '1 day', bytes / 2, allocated_bytes, files, inodes from volume_samples where volume = $1`,
    [docker.name('posts')],
  );
  await stowage.database.query(`update volumes set created_at = created_at - interval '2 days'`);

  const roles = [shop, blog].map((project) => ({ role: 'viewer', project }));
  const { key } = await stowage.created('POST', '/v1/tokens', { name: 'both', roles });
  const viewer = connectClient(stowage.address, key);
  const report = (query: string) => viewer.get(`/v1/usage-report?${query}`);

  const byVolume = await report('');
  t.match(byVolume.totals, {
    volumes: 4,
    dangling: 3,
    unmeasured: 1,
    bytes: 4_200_000,
    danglingBytes: 1_200_000,
    files: 3,
    bytesPerDay: 500_000,
  });
  t.same(
    byVolume.items.map(({ volume, bytes }: { volume: string; bytes: number }) => [volume, bytes]),
    [
      ['db', 3_000_000],
      ['posts', 1_000_000],
      ['cache', 200_000],
      ['late', 0],
    ].map(([name, bytes]) => [docker.name(String(name)), bytes]),
    'the largest first',
  );
  t.match(byVolume.items[0], {
    group: `local/${docker.name('db')}`,
    host: 'local',
    project: shop,
    class: 'critical',
    environment: 'live',
    driver: 'local',
    dangling: 0,
    bytesPerDay: null,
  });

  const byProject = await report('groupBy=project');
  t.match(byProject.items, [
    { group: shop, project: shop, class: null, volumes: 2, dangling: 1, bytes: 3_200_000 },
    { group: blog, volumes: 2, dangling: 2, unmeasured: 1, bytes: 1_000_000, bytesPerDay: 500_000 },
  ]);
  t.match((await report('groupBy=class')).items, [
    { group: 'critical', bytes: 4_000_000 },
    { group: 'cache' },
    { group: null, bytes: 0, volumes: 1 },
  ]);
  t.match((await report(`groupBy=environment&project=${shop}`)).items, [{ group: 'live' }, { group: null }]);
  t.match((await report('groupBy=host')).items, [{ group: 'local', host: 'local', volumes: 4 }]);
  t.match((await report('groupBy=driver&class=cache')).items, [{ group: 'local', volumes: 1, bytes: 200_000 }]);
  t.match(await viewer.call('GET', '/v1/usage-report?groupBy=colour'), {
    status: 400,
    body: { code: 'invalid_input' },
  });
  t.match(await viewer.call('GET', '/v1/usage-report?host=mars'), { status: 404, body: { code: 'host_not_found' } });

  const seen: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: unknown[]; nextCursor: string | null } = await report(
      `limit=1${cursor && `&cursor=${cursor}`}`,
    );
    seen.push(...page.items);
    cursor = page.nextCursor;
  }
  t.same(seen, byVolume.items, 'page by page');
  t.match(
    await viewer.graphql('{ usageReport(groupBy: project) { totals { bytes } items { group bytes bytesPerDay } } }'),
    {
      data: {
        usageReport: {
          totals: { bytes: 4_200_000 },
          items: byProject.items.map(({ group, bytes, bytesPerDay }: Record<string, unknown>) => ({
            group,
            bytes,
            bytesPerDay,
          })),
        },
      },
    },
  );

  const json = await textOf(stowage.address, key, '/v1/usage-report/file?format=json');
  const file = JSON.parse(json.text);
  const inOrder = [...byVolume.items].sort((one, other) => (one.group < other.group ? -1 : 1));
  t.same(file, { groupBy: 'volume', totals: byVolume.totals, items: inOrder });
  t.match(json.headers.get('content-disposition'), /^attachment; filename="usage-by-volume-\d{4}-\d\d-\d\d\.json"/);

  const csv = await textOf(stowage.address, key, '/v1/usage-report/file?format=csv&groupBy=project');
  t.same(
    csv.text.split('\r\n').map((line) => line.split(',').slice(0, 9)),
    [
      ['group', 'host', 'volume', 'project', 'environment', 'class', 'driver', 'volumes', 'dangling'],
      [blog, 'local', '', blog, '', '', 'local', '2', '2'],
      [shop, 'local', '', shop, '', '', 'local', '2', '1'],
      [''],
    ],
  );
});

t.test('a file has all rows, not one page', async (t) => {
  const stowage = await startStowage(t);
  await stowage.until('/v1/hosts/local', ({ inventory }) => inventory.syncedAt !== null);
  await stowage.database.query(
    `insert into volumes (id, host, name, kind, driver, scope, mountpoint, options, labels, project, usage_bytes, usage_files, usage_measured_at)
    select gen_random_uuid(), 'local', 'row-' || n, 'named', '=cmd|''x''!A1', 'local', '', '{}', '{}', 'many', n, 1, now() from generate_series(1, 1234) n`,
  );
  const { text } = await textOf(stowage.address, stowage.adminKey, '/v1/usage-report/file?format=csv&project=many');
  const lines = text.trimEnd().split('\r\n');
  t.equal(lines.length, 1 + 1234);
  t.equal(new Set(lines).size, lines.length);
  t.match(lines[1], /,'=cmd\|'x'!A1,/, 'no spreadsheet runs it');
  const { text: json } = await textOf(stowage.address, stowage.adminKey, '/v1/usage-report/file?project=many');
  t.equal(JSON.parse(json).items.length, 1234);
});
