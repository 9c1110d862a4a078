import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { sharedStowage, startStowage } from '../../machinery/stowage.ts';

const run = promisify(execFile);
const volumes = '/v1/hosts/local/volumes';
const mountedAtData = "grep ' /data ' /proc/mounts";

t.test('what the driver mounts is mounted with the options that were given', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const make = (what: string, options: object) =>
    stowage.created('POST', volumes, { name: docker.name(what), options });

  const o = 'size=10m,mode=0750,noatime,nosuid';
  t.match(await make('memory', { type: 'tmpfs', device: 'tmpfs', o }), {
    backend: { type: 'tmpfs', server: null, options: ['size=10m', 'mode=0750', 'noatime', 'nosuid'], remarks: [] },
  });
  const memory = await docker.run(docker.name('memory'), mountedAtData);
  t.match(memory, /^tmpfs \/data tmpfs \S*noatime/);
  t.match(memory, /size=10240k,mode=750/);
  t.match(memory, /nosuid/);
  await make('lazy', { type: 'tmpfs', device: 'tmpfs', o: 'lazytime,nodiratime,sync' });
  t.match(await docker.run(docker.name('lazy'), mountedAtData), /(?=.*nodiratime)(?=.*lazytime)(?=.*sync)/);

  const folder = join(groundOfTests().folder, docker.name('folder'));
  await mkdir(folder);
  await writeFile(join(folder, 'file'), 'of the host');
  const bound = await make('bound', { type: 'none', device: folder, o: 'bind,noatime' });
  t.match(bound.backend, { type: 'bind', path: folder, remarks: [/"noatime" has no effect/] });
  const readWrite = await docker.run(docker.name('bound'), `cat /data/file; echo; ${mountedAtData}`);
  t.match(readWrite, /of the host\n/);
  t.notMatch(readWrite, /noatime/, 'the remark is true');
  const readOnly = await make('readonly', { type: 'none', device: folder, o: 'bind,ro,noatime' });
  t.same(readOnly.backend.remarks, []);
  t.match(await docker.run(docker.name('readonly'), mountedAtData), /ro,.*noatime/);
});

t.test('a block device is mounted', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const name = docker.name('disk');
  const image = join(groundOfTests().folder, `${name}.img`);
  await run('truncate', ['--size', '16M', image]);
  await run('mkfs.ext4', ['-q', image]);
  const device = (await run('losetup', ['--find', '--show', image])).stdout.trim();
  t.teardown(async () => {
    await docker.removeVolume(name);
    await run('losetup', ['--detach', device]);
  });
  const options = { type: 'ext4', device, o: 'noatime,commit=30' };
  const made = await stowage.created('POST', volumes, { name, options });
  t.match(made.backend, { type: 'block', fileSystem: 'ext4', device, options: ['noatime', 'commit=30'] });
  t.match(await docker.run(name, mountedAtData), new RegExp(`^${device} /data ext4 .*noatime.*commit=30`));
});

t.test('volumes on servers are made and inspected, and their secrets are shown nowhere', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const wishes = {
    nfs: [
      { type: 'nfs', device: ':/path/to/dir', o: 'addr=192.168.1.100,rw,noatime,nfsvers=4.1' },
      { type: 'nfs', server: '192.168.1.100', path: '/path/to/dir', remarks: [] },
    ],
    cifs: [
      { type: 'cifs', device: '//nas/shop', o: 'username=shop,password=hunter2topsecret,vers=3.0' },
      { type: 'cifs', server: 'nas', path: '/shop', options: ['username=shop', 'password=…', 'vers=3.0'] },
    ],
    ceph: [
      { type: 'ceph', device: 'mon1,mon2:6789:/volumes/shop', o: 'name=shop,secret=hunter2topsecret,noatime' },
      { type: 'ceph', server: 'mon1,mon2:6789', path: '/volumes/shop', options: ['name=shop', 'secret=…', 'noatime'] },
    ],
    glusterfs: [
      { type: 'glusterfs', device: 'gluster1:/shop', o: 'backup-volfile-servers=gluster2' },
      { type: 'glusterfs', server: 'gluster1', path: '/shop', remarks: [/volume driver of GlusterFS/] },
    ],
  } as const;
  for (const [what, [options, backend]] of Object.entries(wishes)) {
    const name = docker.name(what);
    const made = await stowage.created('POST', volumes, { name, options });
    t.match(made.backend, backend);
    t.match((await docker.engine.getVolume(name).inspect()).Options, options, 'Docker has them as they were given');
    t.match(await stowage.get(`${volumes}/${name}`), { backend });
    const { data, errors } = await stowage.graphql(
      `{ volume(host: "local", name: "${name}") { options backend { type server path options remarks } } }`,
    );
    t.equal(errors, undefined);
    t.match(data.volume.backend, backend);
    t.notMatch(JSON.stringify([made, data]), /hunter2/);
  }
  const lists = [await stowage.get('/v1/volumes?limit=500'), await stowage.get('/v1/audit-events')];
  t.notMatch(JSON.stringify(lists), /hunter2/);
  t.notMatch(stowage.log(), /hunter2/);
});

t.test('options that cannot be right are refused by both interfaces and leave nothing behind', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_ALLOWED_ROOTS: '/srv/data' } });
  const name = docker.name('none');
  const bad: [object, string, string][] = [
    [{ type: 'nfs', device: ':/x', o: 'addr=h,sotf' }, 'volume_options_invalid', '/options/o'],
    [{ type: 'nfs', device: ':/x', o: 'rw' }, 'volume_options_invalid', '/options/o'],
    [{ type: 'tmpfs', device: 'tmpfs', o: 'size=big' }, 'volume_options_invalid', '/options/o'],
    [{ type: 'cifs', device: 'nas', o: 'password=hunter2,behindit' }, 'volume_options_invalid', '/options/device'],
    [{ o: 'noatime' }, 'volume_options_invalid', '/options/type'],
    [{ type: 'none', device: '/etc', o: 'bind' }, 'folder_not_allowed', '/options/device'],
  ];
  const mutation = 'mutation ($input: CreateVolumeInput!) { createVolume(input: $input) { name } }';
  for (const [options, code, path] of bad) {
    const rest = await stowage.call('POST', volumes, { name, options });
    t.match(rest, { status: 400, body: { code, errors: [{ path }] } }, JSON.stringify(options));
    const graphql = await stowage.graphql(mutation, { input: { host: 'local', name, options } });
    t.match(graphql.errors?.[0]?.extensions, { code }, JSON.stringify(options));
    t.notMatch(JSON.stringify([rest.body, graphql]), /hunter2|behindit/);
    t.notOk(await docker.volumeExists(name));
  }
  t.notMatch(stowage.log(), /hunter2/);
});
