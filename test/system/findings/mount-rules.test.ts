import { execFile } from 'node:child_process';
import { chmod, chown, link, mkdir, rmdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { makeVolume, startApp } from '../../machinery/engine-user.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { binds, folder, judgePairs } from './pairs.ts';
import { breaks, keeps } from './verdicts.ts';

const run = promisify(execFile);

t.test('what a bind gives away of the host', async (t) => {
  const base = await folder(t);
  const elsewhere = await folder(t);
  const at = (name: string) => join(base, name);
  for (const name of ['plain', 'outer', 'outer/inner', 'many']) await mkdir(at(name));
  await writeFile(at('app.conf'), 'a = b');
  await symlink(elsewhere, at('leads-out'));
  const socket = new URL(groundOfTests().dockerHost).pathname;
  await link(socket, at('another-name'));
  await symlink(socket, at('a-link'));
  await Promise.all(Array.from({ length: 30 }, (_, index) => writeFile(at(`many/${index}`), '')));
  const plain = binds(`${at('plain')}:/data`);

  await judgePairs(
    t,
    [
      { rule: 'MNT-001', what: 'the socket', severity: 'critical', faulty: binds(`${socket}:/s:ro`), sound: plain },
      {
        rule: 'MNT-001',
        what: 'its folder',
        severity: 'critical',
        faulty: binds(`${dirname(socket)}:/s:ro`),
        sound: plain,
      },
      {
        rule: 'MNT-001',
        what: 'another name of it',
        severity: 'critical',
        faulty: binds(`${at('another-name')}:/s`),
        sound: plain,
      },
      {
        rule: 'MNT-001',
        what: 'a link to it',
        severity: 'critical',
        faulty: binds(`${at('a-link')}:/s`),
        sound: plain,
      },
      { rule: 'MNT-002', what: 'writable', severity: 'critical', faulty: binds('/etc:/host-etc'), sound: plain },
      { rule: 'MNT-002', what: 'read-only', severity: 'high', faulty: binds('/usr:/host-usr:ro'), sound: plain },
      { rule: 'MNT-003', what: 'everything', severity: 'critical', faulty: binds('/:/host:ro'), sound: plain },
      {
        rule: 'MNT-004',
        what: 'a file',
        severity: 'medium',
        faulty: binds(`${at('app.conf')}:/app.conf`),
        sound: binds(`${at('app.conf')}:/app.conf:ro`),
      },
      {
        rule: 'MNT-006',
        what: 'another folder',
        severity: 'medium',
        faulty: binds(`${elsewhere}:/data`),
        sound: plain,
      },
      {
        rule: 'MNT-006',
        what: 'through a link',
        severity: 'medium',
        faulty: binds(`${at('leads-out')}:/data`),
        sound: plain,
      },
      {
        rule: 'MNT-007',
        what: 'root',
        severity: 'medium',
        faulty: plain,
        sound: { User: '1000:1000', ...plain },
      },
      {
        rule: 'MNT-007',
        what: 'root that writes',
        severity: 'medium',
        faulty: { User: '0:0', ...plain },
        sound: binds(`${at('plain')}:/data:ro`),
      },
      {
        rule: 'MNT-016',
        what: 'many',
        severity: 'low',
        faulty: binds(`${at('many')}:/data`),
        sound: binds(`${at('plain')}:/data`),
      },
      {
        rule: 'MNT-017',
        what: 'a system directory',
        severity: 'high',
        faulty: binds('/usr:/host-usr:ro,z'),
        sound: binds(`${at('plain')}:/data:z`),
      },
    ],
    { STOWAGE_ALLOWED_ROOTS: base, STOWAGE_BIND_FILES: '20' },
  );
});

t.test('what is at the path of a bind, and who may use it', async (t) => {
  const base = await folder(t);
  const at = (name: string) => join(base, name);
  for (const name of ['plain', 'outer', 'outer/inner', 'shared', 'private', 'own', 'one', 'two', 'gone'])
    await mkdir(at(name));
  await chmod(at('private'), 0o700);
  await chown(at('own'), 1234, 1234);
  for (const name of ['outer/inner', 'shared']) {
    await run('mount', ['-t', 'tmpfs', 'tmpfs', at(name)]);
    t.teardown(() => run('umount', ['--lazy', at(name)]));
  }
  await run('mount', ['--make-shared', at('shared')]);
  const plain = binds(`${at('plain')}:/data`);
  const user = { User: '1234:1234' };
  const docker = testDocker(t);
  const [others, own] = [await makeVolume(docker.name('others')), await makeVolume(docker.name('own'))];
  // Docker gives an empty volume the owner that the image has there.
  await docker.run(own, 'touch /data/file && chown 1234:1234 /data');
  await startApp(t, binds(`${at('two')}:/data`));
  await judgePairs(
    t,
    [
      {
        rule: 'MNT-008',
        what: 'shared',
        severity: 'high',
        faulty: binds(`${at('shared')}:/data:rshared`),
        sound: binds(`${at('shared')}:/data`),
      },
      {
        rule: 'MNT-015',
        what: 'another file system',
        severity: 'info',
        faulty: binds(`${at('outer')}:/data`),
        sound: plain,
      },
      {
        rule: 'MNT-017',
        what: 'others mount it too',
        severity: 'high',
        faulty: binds(`${at('two')}:/data:Z`),
        sound: binds(`${at('one')}:/data:Z`),
      },
      {
        rule: 'MNT-018',
        what: 'cannot even read',
        severity: 'medium',
        faulty: { ...user, ...binds(`${at('private')}:/data:ro`) },
        sound: { ...user, ...binds(`${at('plain')}:/data:ro`) },
      },
      {
        rule: 'MNT-018',
        what: 'cannot write',
        severity: 'medium',
        faulty: { ...user, ...binds(`${at('plain')}:/data`) },
        sound: { ...user, ...binds(`${at('own')}:/data`) },
      },
      {
        rule: 'MNT-018',
        what: 'cannot write to a volume',
        severity: 'medium',
        faulty: { ...user, ...binds(`${others}:/data`) },
        sound: { ...user, ...binds(`${own}:/data`) },
      },
    ],
    {},
  );

  // Docker makes the missing folder of a bind when the container starts: one that is only made has none.
  const stowage = await startStowage(t, { env: { STOWAGE_INVENTORY_SECONDS: '3' } });
  const made = await docker.engine.createContainer({
    Image: groundOfTests().helperImage,
    ...binds(`${at('gone')}:/data`),
  });
  t.teardown(() => made.remove());
  await rmdir(at('gone'));
  const finding = await breaks(t, stowage, 'MNT-005', { container: made.id });
  t.match(finding, { severity: 'high', evidence: { source: at('gone') } });

  const running = await startApp(t, binds(`${at('one')}:/data`));
  const bound = (page: { items: { path: { exists: boolean } | null }[] }) => page.items[0]?.path?.exists === true;
  await stowage.until(`/v1/mounts?container=${running.id}`, bound, 20);
  await keeps(t, stowage, 'MNT-005', { container: running.id });
  await rmdir(at('one'));
  await breaks(t, stowage, 'MNT-005', { container: running.id }, 'removed below a running container');
});
