import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { fail } from '../../../src/errors.ts';
import { inventoryOf } from '../../../src/hosts/inventory.ts';
import { freshPaths, hostPathKey, pathFactsOf, probePaths } from '../../../src/hosts/read.ts';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { openInventoryPorts } from '../../machinery/inventory-ports.ts';

const host = 'local';

async function makeFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(groundOfTests().folder, 'paths-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

t.test('a path is shown as the host sees it: its links followed, its owner, mode and file system', async (t) => {
  const ports = await openInventoryPorts(t);
  const folder = await makeFolder(t);
  const at = (name: string) => join(folder, name);
  await mkdir(at('data/deep'), { recursive: true });
  await writeFile(at('data/file'), 'x');
  await chown(at('data/file'), 1234, 4321);
  await chmod(at('data/file'), 0o640);
  await symlink(at('data'), at('absolute'));
  await symlink('absolute/deep/../file', at('chain'));
  await symlink('loop', at('loop'));
  await symlink('nowhere', at('dangling'));
  const socket = createServer().listen(at('socket'));
  t.teardown(() => void socket.close());

  const names = ['data', 'data/file', 'absolute', 'chain', 'loop', 'dangling', 'socket', 'nothing', 'data/file/below'];
  const shown = await probePaths(ports, host, [...names.map(at), '/proc', '/', 'relative', `${folder}/../x`]);
  const { dev, ino } = await stat(at('data/file'));
  const file = { kind: 'file', uid: 1234, gid: 4321, mode: '0640', identity: `${dev}:${ino}`, entries: null };
  t.match(shown.get(at('data')), { exists: true, kind: 'directory', entries: 2, entriesAreMore: false });
  t.match(shown.get(at('data')), { crossesFileSystem: false, resolvedPath: at('data'), fileSystem: String });
  t.match(shown.get(at('data/file')), { ...file, resolvedPath: at('data/file') });
  t.match(shown.get(at('absolute')), { kind: 'directory', resolvedPath: at('data'), entries: 2 });
  t.match(shown.get(at('chain')), { ...file, resolvedPath: at('data/file') });
  t.match(shown.get(at('socket')), { exists: true, kind: 'socket' });
  for (const name of ['loop', 'dangling', 'nothing', 'data/file/below'])
    t.match(shown.get(at(name)), { exists: false, kind: null, resolvedPath: null, mode: null }, name);
  t.match(shown.get('/proc'), { kind: 'directory', fileSystem: 'proc' });
  t.match(shown.get('/'), { kind: 'directory', crossesFileSystem: true });
  t.notOk(shown.has('relative') || shown.has(`${folder}/../x`), 'what is no plain absolute path is not looked at');
});

t.test('whatever a name holds, it is found under it, and nothing else is done', async (t) => {
  const ports = await openInventoryPorts(t);
  const folder = await makeFolder(t);
  const names = [
    'sp ace',
    'new\nline',
    'ends with one\n',
    '-rf',
    `q'u"o\`t$e(touch ${folder}/owned)`,
    `$(touch ${'owned'.repeat(3)})`,
    'back\\slash\\n%s\\0101',
    'ünï💥',
    '*?[x]',
    '#',
  ].map((name) => join(folder, name.replaceAll('/', '_')));
  for (const name of names) await writeFile(name, '');
  await symlink(names[2] ?? '', join(folder, 'link'));

  const shown = await probePaths(ports, host, [...names, join(folder, 'link')]);
  for (const name of names) t.match(shown.get(name), { exists: true, kind: 'file', resolvedPath: name }, name);
  t.equal(shown.get(join(folder, 'link'))?.resolvedPath, names[2]);
  t.match((await probePaths(ports, host, [folder])).get(folder), { entries: names.length + 1 });
});

t.test('entries are counted up to the limit, and not on what is mounted below', async (t) => {
  const ports = await openInventoryPorts(t, { environment: { STOWAGE_BIND_FILES: '10' } });
  const folder = await makeFolder(t);
  for (const [name, count] of Object.entries({ few: 10, many: 11 })) {
    await mkdir(join(folder, name));
    for (let index = 0; index < count; index += 1) await writeFile(join(folder, name, `${index}`), '');
  }
  const shown = await probePaths(ports, host, [join(folder, 'few'), join(folder, 'many')], { pathSeconds: 30 });
  t.match(shown.get(join(folder, 'few')), { entries: 10, entriesAreMore: false });
  t.match(shown.get(join(folder, 'many')), { entries: 10, entriesAreMore: true });
});

t.test('more paths than one helper takes', async (t) => {
  const ports = await openInventoryPorts(t);
  const folder = await makeFolder(t);
  const paths = Array.from({ length: 1100 }, (_, index) => join(folder, `${index}`));
  await writeFile(paths[1099] ?? '', '');
  const shown = await probePaths(ports, host, paths);
  t.equal(shown.size, 1100);
  t.same([shown.get(paths[0] ?? '')?.exists, shown.get(paths[1099] ?? '')?.exists], [false, true]);
});

t.test(
  'a mount that never answers does not keep the others from being seen',
  { skip: existsSync('/dev/fuse') ? false : 'the kernel has no FUSE' },
  async (t) => {
    const ports = await openInventoryPorts(t);
    const folder = await makeFolder(t);
    await mkdir(join(folder, 'dead'));
    await writeFile(join(folder, 'file'), '');
    // A file system whose server takes no request: whoever looks at it waits, as for an NFS server that is gone.
    const server = openSync('/dev/fuse', 'r+');
    const options = 'fd=3,rootmode=40000,user_id=0,group_id=0,allow_other';
    const mount = spawnSync('/bin/mount', ['-i', '-t', 'fuse', '-o', options, 'dead', join(folder, 'dead')], {
      stdio: ['ignore', 'ignore', 'inherit', server],
    });
    t.teardown(() => {
      closeSync(server);
      spawnSync('/bin/umount', ['--lazy', join(folder, 'dead')]);
    });
    t.equal(mount.status, 0);

    const paths = ['before', 'dead', 'dead/below', 'file', ''].map((name) => join(folder, name));
    const shown = await probePaths(ports, host, paths, { pathSeconds: 2 });
    t.match(shown.get(join(folder, 'before')), { exists: false });
    t.notOk(shown.has(join(folder, 'dead')), 'of what does not answer nothing is known');
    t.notOk(shown.has(join(folder, 'dead/below')));
    t.match(shown.get(join(folder, 'file')), { exists: true, kind: 'file' });
    t.match(shown.get(folder), { exists: true, crossesFileSystem: true, entriesAreMore: true });
  },
);

t.test('what containers have bound is looked at once in ten minutes, and forgotten with them', async (t) => {
  const docker = testDocker(t);
  let helpers = 0;
  let isAway = false;
  const ports = await openInventoryPorts(t, {
    around: (engine) => ({
      ...engine,
      createHelper(spec) {
        helpers += 1;
        if (isAway) throw fail('host_unavailable', 'The engine is away.');
        return engine.createHelper(spec);
      },
    }),
  });
  const folder = await makeFolder(t);
  const source = join(folder, 'bound');
  await mkdir(source);
  const folderOfVolume = join(folder, 'volume');
  await mkdir(folderOfVolume);
  const options = { type: 'none', o: 'bind', device: folderOfVolume };
  await docker.engine.createVolume({ Name: docker.name('binding'), DriverOpts: options });
  const container = await docker.engine.createContainer({
    name: docker.name('binds'),
    Image: groundOfTests().helperImage,
    HostConfig: { Mounts: [{ Type: 'bind', Source: source, Target: '/data' }] },
  });
  t.teardown(() => container.remove({ force: true }).catch(() => undefined));
  const stored = async () =>
    (await pathFactsOf(ports.db, [{ host, path: source }])).get(hostPathKey({ host, path: source }));
  const rewind = (path: string) =>
    ports.db.hostPath.updateMany({ where: { path }, data: { checkedAt: new Date(Date.now() - 11 * 60_000) } });

  await inventoryOf(ports, host).refreshAll();
  t.equal(await stored(), undefined);
  await Promise.all([freshPaths(ports, host), freshPaths(ports, host)]);
  t.match(await stored(), { exists: true, kind: 'directory' });
  t.equal(helpers, 1, 'two at once make one look');
  t.equal(await ports.db.hostPath.count({ where: { path: folderOfVolume } }), 1, 'and what a volume binds');
  const endpoint = new URL(groundOfTests().dockerHost).pathname;
  const socket = (await pathFactsOf(ports.db, [{ host, path: endpoint }])).get(hostPathKey({ host, path: endpoint }));
  t.match(socket, { kind: 'socket' }, 'and the socket of the engine');

  await rm(source, { recursive: true });
  await freshPaths(ports, host);
  t.match(await stored(), { exists: true }, 'known for ten minutes');
  await rewind(source);
  isAway = true;
  await t.rejects(freshPaths(ports, host), { code: 'host_unavailable' });
  t.match(await stored(), { exists: true }, 'what is known stays while the engine is away');
  isAway = false;
  await freshPaths(ports, host);
  t.match(await stored(), { exists: false });

  await container.remove({ force: true });
  await inventoryOf(ports, host).refreshAll();
  await freshPaths(ports, host);
  t.equal(await ports.db.hostPath.count({ where: { path: source } }), 0, 'what nobody has bound is forgotten');
});
