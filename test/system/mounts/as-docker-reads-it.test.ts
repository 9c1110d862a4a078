import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { Client } from 'pg';
import t, { type Test } from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { dropContainer } from '../../machinery/engine-user.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const { helperImage } = groundOfTests();
const engine = testDocker(t).engine;

type Body = Docker.ContainerCreateOptions;

async function folderOf(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stowage-preflight-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What can be compared before and after: an anonymous volume has no name yet, a new one no place. */
function comparable({ type, source, volume, target, driver, readOnly, propagation, tmpfs, ...rest }: Answer): object {
  const { selinux, noCopy, subpath } = rest;
  const isAnonymous = /^([0-9a-f]{64})?$/.test(volume ?? 'none');
  const place = { source: type === 'volume' ? '' : source, volume: isAnonymous ? '' : volume };
  return { type, target, driver, readOnly, propagation, selinux, noCopy, subpath, tmpfs, ...place };
}

/** What the inventory has of a container that was made of this body. */
async function mountsOnceCreated(t: Test, database: Client, body: Body): Promise<Answer[]> {
  const container = await engine.createContainer({ Image: helperImage, Cmd: ['true'], ...body });
  t.teardown(() => dropContainer(container));
  const giveUpAt = Date.now() + 20_000;
  for (;;) {
    const { rows } = await database.query(
      `select type, source, target, volume_name as volume, driver, read_only as "readOnly", propagation, tmpfs,
      selinux, no_copy as "noCopy", subpath from mounts where container_id = $1 order by target collate "C"`,
      [container.id],
    );
    if (rows.length > 0) return rows;
    if (Date.now() > giveUpAt) throw new Error('The inventory does not see the container.');
    await sleep(100);
  }
}

t.test('the mounts of a specification are those that Docker makes of it', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const database = new Client({ connectionString: stowage.database.url });
  await database.connect();
  t.teardown(() => database.end());
  const folder = await folderOf(t);
  const named = docker.name('named');
  const existing = docker.name('existing');
  await docker.engine.createVolume({ Name: existing, DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' } });
  const source = await docker.engine.createContainer({
    Image: helperImage,
    Cmd: ['true'],
    Volumes: { '/unnamed': {} },
    HostConfig: { Binds: [`${folder}:/folder:rslave`, `${named}:/data`, `${existing}:/old:ro`], Tmpfs: { '/tmp': '' } },
  });
  t.teardown(() => dropContainer(source));
  const other = (await source.inspect()).Name.slice(1);
  const seen = ({ items }: Answer) => items.length === 5;
  await stowage.until(`/v1/mounts?container=${other}`, seen, 20);
  const table: [what: string, body: Body][] = [
    ['a path', { HostConfig: { Binds: [`${folder}:/data`] } }],
    ['a path with words', { HostConfig: { Binds: [`${folder}:/data:ro,rslave,cached`] } }],
    ['a path with slashes too many', { HostConfig: { Binds: [`/${folder}//:/data/./x/`] } }],
    ['the root of the host', { HostConfig: { Binds: ['/:/host:ro'] } }],
    ["a path above of Docker's folder", { HostConfig: { Binds: ['/var:/v'] } }],
    ['a label for all', { HostConfig: { Binds: [`${folder}:/data:z`] } }],
    ['a label for one', { HostConfig: { Binds: [`${folder}:/data:Z`] } }],
    ['a volume', { HostConfig: { Binds: [`${named}:/data`] } }],
    ['a volume, read-only', { HostConfig: { Binds: [`${named}:/data:ro`] } }],
    ['a volume, without copying', { HostConfig: { Binds: [`${named}:/data:nocopy`] } }],
    ['a volume that exists', { HostConfig: { Binds: [`${existing}:/data:z`] } }],
    ['an anonymous volume', { HostConfig: { Binds: ['/data'] } }],
    [
      'declared volumes',
      { Volumes: { '/a': {}, '/b/': {}, '/c': {} }, HostConfig: { Binds: [`${folder}:/a`], Tmpfs: { '/c': '' } } },
    ],
    [
      'a long path',
      { HostConfig: { Mounts: [{ Type: 'bind', Source: `${folder}/`, Target: '/data/', ReadOnly: true }] } },
    ],
    [
      'a long path with propagation',
      { HostConfig: { Mounts: [{ Type: 'bind', Source: '/', Target: '/h', BindOptions: { Propagation: 'rslave' } }] } },
    ],
    ['a long volume', { HostConfig: { Mounts: [{ Type: 'volume', Source: named, Target: '/data' }] } }],
    [
      'a long volume with options',
      {
        HostConfig: {
          Mounts: [{ Type: 'volume', Source: named, Target: '/data', ReadOnly: true, VolumeOptions: { NoCopy: true } }],
        },
      } as Body,
    ],
    [
      'a folder of a volume',
      {
        HostConfig: { Mounts: [{ Type: 'volume', Source: named, Target: '/d', VolumeOptions: { Subpath: 'a' } }] },
      } as unknown as Body,
    ],
    ['a long anonymous volume', { HostConfig: { Mounts: [{ Type: 'volume', Source: '', Target: '/data' }] } }],
    ['a tmpfs', { HostConfig: { Tmpfs: { '/tmp': 'size=64m,exec,ro', '/run': '' } } }],
    [
      'a long tmpfs',
      {
        HostConfig: {
          Mounts: [{ Type: 'tmpfs', Source: '', Target: '/tmp', TmpfsOptions: { SizeBytes: 1024, Mode: 0o700 } }],
        },
      } as Body,
    ],
    [
      'a driver for all',
      { Volumes: { '/a': {} }, HostConfig: { VolumeDriver: 'local', Binds: [`${named}:/data`] } } as Body,
    ],
    ['the mounts of another container', { HostConfig: { VolumesFrom: [other] } }],
    ['the mounts of another container, read-only', { HostConfig: { VolumesFrom: [`${other}:ro`] } }],
    [
      'the mounts of another container below its own',
      { Volumes: { '/data': {}, '/own': {} }, HostConfig: { VolumesFrom: [other], Binds: [`${folder}:/folder:ro`] } },
    ],
    ['names in small letters', { HostConfig: { binds: [`${named}:/data`] } } as Body],
  ];
  for (const [what, body] of table)
    await t.test(what, async (t) => {
      const { mounts } = await stowage.post('/v1/mount-evaluations', { container: { Image: helperImage, ...body } });
      const shown = await mountsOnceCreated(t, database, body);
      t.same(mounts.map(comparable), shown.map(comparable));
      t.ok(mounts.length > 0);
    });
});

t.test('what Docker does not take is not judged', async (t) => {
  const stowage = await sharedStowage();
  const mount = (one: object) => ({ HostConfig: { Mounts: [one] } });
  const bind = (...binds: string[]) => ({ HostConfig: { Binds: binds } });
  const table: object[] = [
    bind('relative/path:/data'),
    bind('./data:/data'),
    bind('a b:/data'),
    bind('/srv:/data:ro,rw'),
    bind('/srv:/data:readonly'),
    bind('/srv:ro'),
    bind('/srv:/data:ro:z'),
    bind('/srv:/'),
    bind('/srv:data'),
    bind(':/data'),
    bind('/srv:/data:nocopy'),
    bind('volume:/data:rshared'),
    bind('/srv:/data', '/tmp:/data/'),
    bind('C:\\data:/data:ro'),
    bind('/:/host:rprivate'),
    mount({ Type: 'bind', Source: '/', Target: '/host', BindOptions: { Propagation: 'shared' } }),
    { HostConfig: { VolumesFrom: ['', 'x'] } },
    { HostConfig: { VolumesFrom: ['x:rslave'] } },
    { HostConfig: { VolumesFrom: ['x:readonly'] } },
    { HostConfig: { Binds: ['/srv:/data'], Tmpfs: { '/data': '' } } },
    { HostConfig: { Binds: ['/srv:/data'], Mounts: [{ Type: 'volume', Target: '/data' }] } },
    { HostConfig: { Tmpfs: { '/': '' } } },
    { HostConfig: { Tmpfs: { tmp: '' } } },
    mount({ Type: 'volume' }),
    mount({ Type: 'nfs', Target: '/data' }),
    mount({ Target: '/data' }),
    mount({ Type: 'cluster', Source: 'x', Target: '/data' }),
    mount({ Type: 'npipe', Source: 'x', Target: '/data' }),
    mount({ Type: 'bind', Target: '/data' }),
    mount({ Type: 'bind', Source: 'srv', Target: '/data' }),
    mount({ Type: 'bind', Source: '/srv', Target: '/data', VolumeOptions: {} }),
    mount({ Type: 'bind', Source: '/srv', Target: '/data', BindOptions: { Propagation: 'all' } }),
    mount({ Type: 'volume', Source: 'volume', Target: '/data', BindOptions: {} }),
    mount({ Type: 'volume', Source: 'a b', Target: '/data' }),
    mount({ Type: 'volume', Target: '/data', ReadOnly: true }),
    mount({ Type: 'volume', Target: '/data', VolumeOptions: { Subpath: 'a' } }),
    mount({ Type: 'volume', Source: 'volume', Target: '/data', VolumeOptions: { Subpath: '../a' } }),
    mount({ Type: 'tmpfs', Source: '/x', Target: '/data' }),
    mount({ Type: 'tmpfs', Target: '/data', TmpfsOptions: { Options: [['uid', '1']] } }),
    { HostConfig: { Binds: '/srv:/data' } },
    { HostConfig: { RestartPolicy: { Name: 'often' } } },
    { User: 1 },
    { Labels: ['a=b'] },
  ];
  for (const body of table) {
    const { status, body: answer } = await stowage.call('POST', '/v1/mount-evaluations', { container: body });
    t.match({ status, answer }, { status: 400, answer: { code: 'container_spec_invalid' } }, JSON.stringify(body));
    const made = engine.createContainer({ Image: helperImage, Cmd: ['true'], ...body } as Body);
    const refused = await made.then(dropContainer, (error: { statusCode: number }) => error.statusCode);
    t.ok(refused === 400 || refused === 500, `Docker refuses it as well: ${JSON.stringify(body)}: ${refused}`);
  }
});
