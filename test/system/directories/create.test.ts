import { chown, lstat, mkdir, mkdtemp, readdir, rename, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

const address = '/v1/hosts/local/project-directories';
const owner = { uid: 1001, gid: 1002 };

/** A Stowage whose only allowed root is a folder `root` beside others that it must not touch. */
async function ground(t: Test) {
  const folder = await mkdtemp(join(groundOfTests().folder, 'directories-'));
  const root = join(folder, 'root');
  await mkdir(root);
  const stowage = await startStowage(t, {
    env: {
      STOWAGE_ALLOWED_ROOTS: `${root},${join(folder, 'link')},${join(folder, 'missing')},${join(folder, 'file')}`,
    },
  });
  const make = (wish: object) => stowage.finished('POST', address, { ...owner, ...wish });
  return { folder, root, stowage, make };
}

async function look(path: string) {
  const { uid, gid, mode } = await stat(path);
  return { uid, gid, mode: (mode & 0o7777).toString(8) };
}

async function refusals(stowage: Stowage, bodies: readonly [object, string][]) {
  const mutation =
    'mutation ($input: CreateProjectDirectoriesInput!) { createProjectDirectories(input: $input) { id } }';
  return await Promise.all(
    bodies.map(async ([body, code]) => {
      const rest = await stowage.call('POST', address, body);
      const graphql = await stowage.graphql(mutation, { input: { host: 'local', ...body } });
      return { body, expected: [code, code], seen: [rest.body.code, graphql.errors?.[0]?.extensions.code] };
    }),
  );
}

t.test('the folders of a project are made with owner and mode, once and again', async (t) => {
  const { root, stowage, make } = await ground(t);
  const job = await make({ project: 'shop' });
  const paths = ['', '/backups', '/configs', '/data', '/logs'].map((path) => `${root}/shop${path}`);
  t.match(job, {
    state: 'succeeded',
    kind: 'directories_create',
    project: 'shop',
    volume: null,
    result: { directories: paths },
  });
  for (const path of paths) t.same(await look(path), { ...owner, mode: '750' }, path);

  await writeFile(`${root}/shop/data/file`, 'of the application');
  await chown(`${root}/shop/data`, 7, 7);
  const again = await make({ project: 'shop', folders: ['data', 'more'], mode: '2770' });
  t.match(again, { state: 'succeeded', result: { directories: [paths[0], `${root}/shop/data`, `${root}/shop/more`] } });
  t.same(await look(`${root}/shop/data`), { uid: 7, gid: 7, mode: '750' }, 'what is there stays as it is');
  t.same(await look(`${root}/shop/more`), { ...owner, mode: '2770' });

  const mutation =
    'mutation ($input: CreateProjectDirectoriesInput!) { createProjectDirectories(input: $input) { id kind } }';
  const input = { host: 'local', project: 'shop', root, folders: ['data'], uid: 3, gid: 4, mode: '700', adopt: true };
  const { data, errors } = await stowage.graphql(mutation, { input });
  t.equal(errors, undefined);
  t.match(await stowage.waitForJob(data.createProjectDirectories.id), { state: 'succeeded' });
  t.same(await look(`${root}/shop/data`), { uid: 3, gid: 4, mode: '700' }, 'unless it is to be adopted');
  t.equal((await stat(`${root}/shop/data/file`)).uid, 0, 'what is in it stays as it is even then');
});

t.test('an empty folder that a killed helper left is finished', async (t) => {
  const { root, make } = await ground(t);
  await mkdir(`${root}/shop`, { mode: 0o700 });
  await mkdir(`${root}/shop/data`, { mode: 0o700 });
  t.match(await make({ project: 'shop', folders: ['data'] }), { state: 'succeeded' });
  t.same(await look(`${root}/shop/data`), { ...owner, mode: '750' });
});

t.test('links are never followed, wherever they are', async (t) => {
  const { folder, root, make } = await ground(t);
  const outside = join(folder, 'outside');
  await mkdir(join(outside, 'data'), { recursive: true });
  await symlink(outside, join(root, 'middle'));
  await mkdir(join(root, 'shop'));
  await symlink(join(outside, 'data'), join(root, 'shop/data'));
  await symlink('../blog', join(root, 'shop/logs'));
  await symlink('nowhere', join(root, 'shop/backups'));
  await mkdir(join(root, 'blog'));
  await symlink(outside, join(folder, 'link'));
  const before = await Promise.all([outside, join(outside, 'data'), join(root, 'blog')].map(look));
  const cases: [object, string][] = [
    [{ project: 'middle' }, `${root}/middle`],
    [{ project: 'shop', folders: ['data'] }, `${root}/shop/data`],
    [{ project: 'shop', folders: ['logs'], adopt: true }, `${root}/shop/logs`],
    [{ project: 'shop', folders: ['backups'] }, `${root}/shop/backups`],
    [{ project: 'shop', root: join(folder, 'link') }, join(folder, 'link')],
  ];
  for (const [wish, path] of cases) {
    const job = await make(wish);
    t.match(job, { state: 'failed', error: { code: 'folder_escapes' } }, path);
    t.ok(job.error?.detail.includes(`"${path}"`), path);
  }
  t.same(await readdir(outside), ['data']);
  t.same(await readdir(join(outside, 'data')), []);
  t.same(await readdir(join(root, 'blog')), []);
  t.same(await Promise.all([outside, join(outside, 'data'), join(root, 'blog')].map(look)), before);
});

t.test('folders that are swapped for links meanwhile lead nowhere', async (t) => {
  const { folder, root, make } = await ground(t);
  const victim = join(root, 'victim');
  const outside = join(folder, 'outside');
  for (const path of [victim, outside]) await mkdir(join(path, 'data'), { recursive: true });
  const before = await Promise.all([victim, join(victim, 'data'), outside].map(look));
  const [real, aside] = [join(root, 'shop/data'), join(root, 'aside')];
  await mkdir(real, { recursive: true });
  let swapping = true;
  const swap = async () => {
    for (let turn = 0; swapping; turn += 1) {
      await rename(real, aside);
      // The helper may make its folder in between.
      await symlink(turn % 2 === 0 ? '../victim' : outside, real).catch(() => undefined);
      await unlink(real).catch(() => undefined);
      await rename(aside, real);
    }
  };
  const swapped = swap();
  const states = new Set<string>();
  for (let round = 0; round < 6 || (round < 40 && !states.has('folder_escapes')); round += 1) {
    const { state, error } = await make({ project: 'shop', folders: ['data'], adopt: true });
    states.add(state === 'succeeded' ? state : error.code);
  }
  swapping = false;
  await swapped;
  t.ok(states.has('folder_escapes'), 'a link was met');
  for (const state of states)
    t.ok(['succeeded', 'folder_escapes', 'helper_failed', 'folder_blocked'].includes(state), state);
  t.same(await Promise.all([victim, join(victim, 'data'), outside].map(look)), before);
  t.same(await readdir(victim), ['data']);
  t.same(await readdir(outside), ['data']);
});

t.test('what is in the way, and roots that are none, are clear errors that leave nothing behind', async (t) => {
  const { folder, root, stowage, make } = await ground(t);
  await writeFile(join(root, 'taken'), '');
  await writeFile(join(folder, 'file'), '');
  const failed = async (wish: object, code: string) =>
    t.match(await make(wish), { state: 'failed', error: { code } }, code);
  await failed({ project: 'taken' }, 'folder_blocked');
  await failed({ project: 'shop', root: join(folder, 'missing') }, 'folder_missing');
  await failed({ project: 'shop', root: join(folder, 'file') }, 'folder_blocked');
  t.equal(await lstat(join(folder, 'missing')).catch(({ code }) => code), 'ENOENT', 'it was not made by the bind');

  const good = { project: 'shop', ...owner };
  const answers = await refusals(stowage, [
    [{ ...good, root: '/etc' }, 'folder_not_allowed'],
    [{ ...good, root: `${root}/../outside` }, 'folder_not_allowed'],
    [{ ...good, folders: ['../up'] }, 'invalid_input'],
    [{ ...good, folders: ['a/b'] }, 'invalid_input'],
    [{ ...good, folders: [] }, 'invalid_input'],
    [{ ...good, project: '..' }, 'invalid_input'],
    [{ ...good, mode: '4755' }, 'invalid_input'],
    [{ ...good, mode: 'rwx' }, 'invalid_input'],
    [{ ...good, uid: -1 }, 'invalid_input'],
  ]);
  for (const { body, expected, seen } of answers) t.same(seen, expected, JSON.stringify(body));
  t.same(await readdir(root), ['taken']);
});

t.test('without allowed roots nothing is made, and only who administers a project makes its folders', async (t) => {
  const stowage = await startStowage(t);
  const body = { project: 'shop', ...owner };
  const refused = await stowage.call('POST', address, body);
  t.match(refused, { status: 400, body: { code: 'folder_not_allowed', detail: /STOWAGE_ALLOWED_ROOTS/ } });
  const caller = async (role: string, project: string) => {
    const roles = [{ role, project }];
    return connectClient(stowage.address, (await stowage.created('POST', '/v1/tokens', { name: role, roles })).key);
  };
  t.match((await (await caller('operator', 'shop')).call('POST', address, body)).body, { code: 'forbidden' });
  t.match((await (await caller('admin', 'blog')).call('POST', address, body)).body, { code: 'forbidden' });
  t.match((await (await caller('admin', 'shop')).call('POST', address, body)).body, { code: 'folder_not_allowed' });
});
