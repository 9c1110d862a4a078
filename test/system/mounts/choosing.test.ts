import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { sharedStowage, startStowage } from '../../machinery/stowage.ts';
import { containerMaker } from './container-maker.ts';

const purposes =
  'database uploads configuration source_code logs cache temporary secret build_cache shared backup'.split(' ');
const hasClient = spawnSync('/usr/bin/env', ['docker', '--version']).status === 0;
const presets = '/v1/mount-presets';

/** What Docker made of options that its client was given. */
async function createByClient(t: Test, docker: TestDocker, options: readonly string[]) {
  const { dockerHost, helperImage } = groundOfTests();
  const words = ['docker', 'create', '--network', 'none', ...options, helperImage, 'true'];
  const { stdout } = await promisify(execFile)('/usr/bin/env', words, {
    env: { PATH: process.env.PATH, DOCKER_HOST: dockerHost },
  });
  const container = docker.engine.getContainer(stdout.trim());
  t.teardown(() => container.remove({ force: true, v: true }));
  return await container.inspect();
}

t.test('Docker takes the short form of every advice, and makes of it what was advised', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const make = containerMaker(t, docker);
  for (const purpose of purposes) {
    const name = docker.name(purpose.replace('_', '-'));
    const settled = ['cache', 'build_cache'].includes(purpose) ? '' : `&name=${name}`;
    const advice = await stowage.get(`/v1/mount-advice?purpose=${purpose}&target=/at/${purpose}${settled}`);
    const { volume, tmpfs } = advice.specification;
    const container = await make({
      name: `by-${purpose.replace('_', '-')}`,
      ...(volume === null ? {} : { Binds: volume.includes(':') ? [volume] : [] }),
      ...(tmpfs === null ? {} : { Tmpfs: { [tmpfs.split(':')[0]]: tmpfs.split(':')[1] } }),
      ...(volume === null || volume.includes(':') ? {} : { Mounts: [{ Type: 'volume', Source: '', Target: volume }] }),
    });
    const { items } = await stowage.until(
      `/v1/mounts?container=${container.id}`,
      ({ items }) => items.length === 1,
      20,
    );
    const { type, readOnly, preset } = advice;
    t.match(items, [{ type, readOnly, target: `/at/${purpose}` }], purpose);
    if (preset !== null) {
      const { sizeBytes, noexec, nosuid, nodev } = await stowage.get(`${presets}/${preset}`);
      t.match(items[0].tmpfs, { sizeBytes, noexec, nosuid, nodev }, `${purpose}: the preset ${preset}`);
    }
  }
});

t.test('the client of Docker takes each form, whatever the paths hold', { skip: !hasClient }, async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const folder = await mkdtemp(join(groundOfTests().folder, 'advice-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const advise = (wish: Record<string, string>) => stowage.get(`/v1/mount-advice?${new URLSearchParams(wish)}`);
  for (const name of ['plain', 'a,b', 'q"uote', 'sp ace ', '$HOME', 'ünï💥', 'co:lon', '=x=']) {
    const source = join(folder, name);
    await mkdir(source);
    const target = `/at/${name.replaceAll(':', '')}`;
    const { specification } = await advise({ purpose: 'configuration', source, target });
    const expected = { Type: 'bind', Source: source, Destination: target, RW: false };
    t.match((await createByClient(t, docker, ['--mount', specification.mount])).Mounts, [expected], `--mount ${name}`);
    if (name === 'co:lon') t.equal(specification.volume, null);
    else t.match((await createByClient(t, docker, ['-v', specification.volume])).Mounts, [expected], `-v ${name}`);
  }
  const { specification } = await advise({ purpose: 'database', name: docker.name('db'), target: '/a,"b"' });
  const volume = { Type: 'volume', Name: docker.name('db'), Destination: '/a,"b"', RW: true };
  t.match((await createByClient(t, docker, ['--mount', specification.mount])).Mounts, [volume]);
  t.match((await createByClient(t, docker, ['-v', specification.volume])).Mounts, [volume]);
  const anonymous = await advise({ purpose: 'build_cache' });
  const made = await createByClient(t, docker, ['-v', anonymous.specification.volume]);
  t.match(made.Mounts, [{ Type: 'volume', Name: /^[0-9a-f]{64}$/, Destination: '/root/.cache' }]);

  const preset = await stowage.get(`${presets}/secure?target=/keys`);
  const byTmpfs = await createByClient(t, docker, ['--tmpfs', preset.specification.tmpfs]);
  t.same(byTmpfs.HostConfig.Tmpfs, { '/keys': 'rw,noexec,nosuid,nodev,size=10m' });
  const byMount = await createByClient(t, docker, ['--mount', preset.specification.mount]);
  t.match(byMount.HostConfig.Mounts, [{ Type: 'tmpfs', Target: '/keys', TmpfsOptions: { SizeBytes: 10 * 2 ** 20 } }]);
});

t.test('what a preset says is what a container gets', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const settings = { name: docker.name('p'), sizeBytes: 8 * 2 ** 20, noexec: false, mode: '0750' };
  const { specification } = await stowage.created('POST', presets, settings);
  t.equal(specification.mount, null, 'a tmpfs of --mount has no word for exec');
  const [target, words] = specification.tmpfs.split(':');
  const container = await containerMaker(
    t,
    docker,
  )({
    name: 'preset',
    Tmpfs: { [target]: words },
    script: 'grep " /tmp " /proc/mounts; stat -c %a /tmp; sleep 600',
  });
  await docker.until(async () => (await container.logs({ stdout: true })).toString().includes('750'), 20);
  const seen = (await container.logs({ stdout: true })).toString();
  t.match(seen, /tmpfs \/tmp tmpfs rw,nosuid,nodev,relatime,size=8192k,mode=750/);
  t.notMatch(seen, /noexec/);
});

t.test('presets: three that stay as they are, and those of the installation', async (t) => {
  const stowage = await startStowage(t);
  const names = async (query = '') =>
    (await stowage.get(`${presets}${query}`)).items.map(({ name }: { name: string }) => name);
  t.same(await names(), ['cache', 'secure', 'temp']);
  t.match(await stowage.get(`${presets}/temp?target=/scratch`), {
    sizeBytes: 50 * 2 ** 20,
    nodev: true,
    isBuiltIn: true,
    createdBy: null,
    specification: { tmpfs: '/scratch:rw,noexec,nosuid,nodev,size=50m', compose: /\/scratch:rw/ },
  });
  const fixed = { status: 409, body: { code: 'mount_preset_fixed' } };
  t.match(await stowage.call('PATCH', `${presets}/temp`, { sizeBytes: 4096 }), fixed);
  t.match(await stowage.call('DELETE', `${presets}/temp`), fixed);
  t.match(await stowage.call('POST', presets, { name: 'temp', sizeBytes: 4096 }), { status: 409 });

  const once = { 'idempotency-key': crypto.randomUUID() };
  const made = await stowage.call('POST', presets, { name: 'big', sizeBytes: 2 ** 30, mode: '1777' }, once);
  t.match(made, { status: 201, body: { noexec: true, nosuid: true, nodev: true, isBuiltIn: false, version: 1 } });
  t.equal(made.headers.get('location'), `${presets}/big`);
  t.match(await stowage.call('POST', presets, { name: 'big', sizeBytes: 2 ** 30, mode: '1777' }, once), {
    status: 201,
  });
  const exists = { status: 409, body: { code: 'mount_preset_exists' } };
  t.match(await stowage.call('POST', presets, { name: 'big', sizeBytes: 4096 }), exists);
  await stowage.created('POST', presets, { name: 'a', sizeBytes: 4096 });
  t.same(await names(), ['cache', 'secure', 'temp', 'a', 'big']);
  const pages: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: { name: string }[]; nextCursor: string | null } = await stowage.get(
      `${presets}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    pages.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  }
  t.same(pages, ['cache', 'secure', 'temp', 'a', 'big']);

  const etag = (await stowage.call('GET', `${presets}/big`)).headers.get('etag');
  t.match(await stowage.call('PATCH', `${presets}/big`, { mode: null, noexec: false }, { 'if-match': etag }), {
    status: 200,
    body: { mode: null, noexec: false, sizeBytes: 2 ** 30, version: 2 },
  });
  const outdated = { status: 412, body: { code: 'version_mismatch' } };
  t.match(await stowage.call('PATCH', `${presets}/big`, { sizeBytes: 4096 }, { 'if-match': etag }), outdated);
  t.match(await stowage.call('DELETE', `${presets}/big`, undefined, { 'if-match': etag }), outdated);
  t.match(await stowage.call('DELETE', `${presets}/big`), { status: 200, body: { name: 'big' } });
  for (const method of ['GET', 'DELETE'] as const)
    t.match(await stowage.call(method, `${presets}/big`), { status: 404, body: { code: 'mount_preset_not_found' } });
  t.match(await stowage.call('PATCH', `${presets}/big`, { nodev: true }), { status: 404 });

  const { key } = await stowage.created('POST', '/v1/tokens', {
    name: 'operator',
    roles: [{ role: 'admin', project: 'shop' }],
  });
  const admin = connectClient(stowage.address, key);
  t.equal((await admin.get(presets)).items.length, 4, 'whoever reads anything sees them');
  t.match(await admin.call('POST', presets, { name: 'mine', sizeBytes: 4096 }), { status: 403 });
});

t.test('bad settings are refused before anything is written', async (t) => {
  const stowage = await sharedStowage();
  const good = { name: 'good', sizeBytes: 4096 };
  const bad = [
    { ...good, name: 'Upper' },
    { ...good, name: '../x' },
    { ...good, name: 'a\0b' },
    { ...good, sizeBytes: 0 },
    { ...good, sizeBytes: 1.5 },
    { ...good, sizeBytes: 2 ** 60 },
    { ...good, mode: '999' },
    { ...good, mode: '1777,exec' },
    { ...good, colour: 'red' },
    { name: 'good' },
  ];
  for (const body of bad) t.equal((await stowage.call('POST', presets, body)).status, 400, JSON.stringify(body));
  t.equal((await stowage.get(presets)).items.length, 3);
  const queries = [
    'purpose=fun',
    '',
    'purpose=cache&target=x',
    'purpose=cache&target=/a/../b',
    'purpose=cache&target=/',
  ];
  const more = ['target=/a:b', 'target=/a/', 'target=/a%0Ab', 'source=relative', 'name=-x', 'source=/a/..', 'size=1'];
  for (const query of [...queries, ...more.map((part) => `purpose=logs&${part}`)])
    t.match(
      await stowage.call('GET', `/v1/mount-advice?${query}`),
      { status: 400, body: { code: 'invalid_input' } },
      query,
    );
});

t.test('GraphQL gives the same advice and the same presets', async (t) => {
  const stowage = await sharedStowage();
  const fields = 'purpose type reason dataClass readOnly preset specification { volume tmpfs mount compose } warnings';
  for (const purpose of purposes) {
    const answer = await stowage.graphql(
      `{ mountAdvice(purpose: ${purpose}, target: "/x", readOnly: true) { ${fields} } }`,
    );
    t.same(answer.data?.mountAdvice, await stowage.get(`/v1/mount-advice?purpose=${purpose}&target=/x&readOnly=true`));
  }
  const made = await stowage.graphql(
    'mutation { createMountPreset(input: { name: "own", sizeBytes: 8192, nodev: false }) { name nodev version } }',
  );
  t.same(made.data?.createMountPreset, { name: 'own', nodev: false, version: 1 });
  const changed = await stowage.graphql(
    'mutation { updateMountPreset(input: { preset: "own", mode: "0700", expectedVersion: 1 }) { mode version } }',
  );
  t.same(changed.data?.updateMountPreset, { mode: '0700', version: 2 });
  const cleared = await stowage.graphql(
    'mutation { updateMountPreset(input: { preset: "own", mode: null }) { mode } }',
  );
  t.same(cleared.data?.updateMountPreset, { mode: null });
  const refused = await stowage.graphql('mutation { deleteMountPreset(input: { preset: "temp" }) { name } }');
  t.equal(refused.errors?.[0]?.extensions.code, 'mount_preset_fixed');
  const gone = await stowage.graphql('mutation { deleteMountPreset(input: { preset: "own" }) { name } }');
  t.same(gone.data?.deleteMountPreset, { name: 'own' });
  t.same((await stowage.graphql('{ mountPresets { items { name isBuiltIn } } }')).data?.mountPresets.items.length, 3);
});
