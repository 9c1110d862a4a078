import t from 'tap';
import { isFailure } from '../../../src/errors.ts';
import { readContainerSpec } from '../../../src/mounts/container-spec.ts';

const name = 'x'.repeat(4096);
const bad: [what: string, body: unknown, path: string, message: RegExp][] = [
  ['no object', 'x', '/container', /must be the body/],
  ['a list', [], '/container', /object, not a list/],
  ['null', null, '/container', /must be the body/],
  ['HostConfig of another type', { HostConfig: 1 }, '/container/HostConfig', /must be an object, not the number 1/],
  ['Binds of another type', { HostConfig: { Binds: '/a:/b' } }, '/container/HostConfig/Binds', /must be a list/],
  ['a bind of another type', { HostConfig: { Binds: [1] } }, '/container/HostConfig/Binds/0', /must be a string/],
  ['Binds on top', { Binds: ['/a:/b'] }, '/container/Binds', /belong into HostConfig/],
  ['one field twice', { HostConfig: { Binds: [], binds: [] } }, '/container/HostConfig', /"Binds" and "binds" are one/],
  ['an empty bind', bind(''), '/container/HostConfig/Binds/0', /must be "source:target"/],
  ['no source', bind(':/b'), '/container/HostConfig/Binds/0', /must be "source:target"/],
  ['no target', bind('/a:'), '/container/HostConfig/Binds/0', /mode but no source/],
  ['a mode for a target alone', bind('/a:ro'), '/container/HostConfig/Binds/0', /mode but no source/],
  ['an empty target', bind('/a::ro'), '/container/HostConfig/Binds/0', /must be an absolute path/],
  ['four parts', bind('/a:/b:ro:z'), '/container/HostConfig/Binds/0', /must be "source:target"/],
  ['an unknown word', bind('/a:/b:readonly'), '/container/HostConfig/Binds/0', /"readonly" is no mode/],
  ['ro and rw', bind('/a:/b:ro,rw'), '/container/HostConfig/Binds/0', /is no mode/],
  ['z and Z', bind('/a:/b:z,Z'), '/container/HostConfig/Binds/0', /is no mode/],
  ['two propagations', bind('/a:/b:shared,rslave'), '/container/HostConfig/Binds/0', /is no mode/],
  ['nocopy on a path', bind('/a:/b:nocopy'), '/container/HostConfig/Binds/0', /nothing is copied/],
  ['propagation of a volume', bind('shop:/b:rshared'), '/container/HostConfig/Binds/0', /has no propagation/],
  [
    'mounts of nobody',
    { HostConfig: { VolumesFrom: [':ro'] } },
    '/container/HostConfig/VolumesFrom/0',
    /must be "container"/,
  ],
  [
    'another propagation than theirs',
    { HostConfig: { VolumesFrom: ['x:rshared'] } },
    '/container/HostConfig/VolumesFrom/0',
    /as ro or rw/,
  ],
  [
    'mounts of others, without copying',
    { HostConfig: { VolumesFrom: ['x:nocopy'] } },
    '/container/HostConfig/VolumesFrom/0',
    /as ro or rw/,
  ],
  [
    'mounts of others in four parts',
    { HostConfig: { VolumesFrom: ['x:ro:z'] } },
    '/container/HostConfig/VolumesFrom/0',
    /is no mode/,
  ],
  ['a relative source', bind('./data:/b'), '/container/HostConfig/Binds/0', /neither an absolute path/],
  ['a source in the home', bind('~/data:/b'), '/container/HostConfig/Binds/0', /neither an absolute path/],
  ['a relative path with folders', bind('srv/data:/b'), '/container/HostConfig/Binds/0', /neither an absolute path/],
  ['a volume of one letter', bind('v:/b'), '/container/HostConfig/Binds/0', /no name of a volume/],
  ['a bad volume name', bind('shop db:/b'), '/container/HostConfig/Binds/0', /no name of a volume/],
  ['a long volume name', bind(`${name}:/b`), '/container/HostConfig/Binds/0', /no name of a volume/],
  ['a relative target', bind('/a:b'), '/container/HostConfig/Binds/0', /target "b" must be an absolute/],
  ['the root as target', bind('/a:/'), '/container/HostConfig/Binds/0', /must not be "\/"/],
  ['the root by another name', bind('/a://.'), '/container/HostConfig/Binds/0', /must not be "\/"/],
  ['.. in the target', bind('/a:/b/../c'), '/container/HostConfig/Binds/0', /without "\.\."/],
  ['.. in the source', bind('/a/../etc:/b'), '/container/HostConfig/Binds/0', /without "\.\."/],
  ['a newline', bind('/a\n:/b'), '/container/HostConfig/Binds/0', /control characters/],
  ['a NUL', bind('/a\0:/b'), '/container/HostConfig/Binds/0', /control characters/],
  ['half a character', bind('/a\ud800:/b'), '/container/HostConfig/Binds/0', /valid Unicode/],
  ['a long name', bind(`/a/${name}:/b`), '/container/HostConfig/Binds/0', /too long/],
  ['a long target', bind(`/a:${'/b'.repeat(3000)}`), '/container/HostConfig/Binds/0', /too long/],
  ['Windows, short', bind('C:\\data:/b'), '/container/HostConfig/Binds/0', /of Windows/],
  ['a share of Windows', bind('\\\\server\\share:/b'), '/container/HostConfig/Binds/0', /of Windows/],
  [
    'more mounts than anybody has',
    { Volumes: Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`/v${index}`, {}])) },
    '/container',
    /300 mounts are more/,
  ],
  ['a target twice', { HostConfig: { Binds: ['/a:/b', 'shop:/b/'] } }, '/container/HostConfig/Binds/1', /already/],
  [
    'a target of two kinds',
    { HostConfig: { Binds: ['/a:/b'], Mounts: [{ Type: 'volume', Target: '/b' }] } },
    '/container/HostConfig/Mounts/0',
    /already/,
  ],
  [
    'a tmpfs in the way',
    { HostConfig: { Binds: ['/a:/b'], Tmpfs: { '/b': '' } } },
    '/container/HostConfig/Tmpfs/~1b',
    /already/,
  ],
  ['no type', mount({ Target: '/b' }), '/container/HostConfig/Mounts/0/Type', /no type of a mount/],
  [
    'an unknown type',
    mount({ Type: 'nfs', Target: '/b' }),
    '/container/HostConfig/Mounts/0/Type',
    /no type of a mount/,
  ],
  [
    'a cluster volume',
    mount({ Type: 'cluster', Source: 'x', Target: '/b' }),
    '/container/HostConfig/Mounts/0/Type',
    /no mounts of the type/,
  ],
  [
    'a pipe',
    mount({ Type: 'npipe', Source: 'x', Target: '/b' }),
    '/container/HostConfig/Mounts/0/Type',
    /no mounts of the type/,
  ],
  ['no target', mount({ Type: 'volume' }), '/container/HostConfig/Mounts/0/Target', /has no target/],
  ['a mount of another type', { HostConfig: { Mounts: ['x'] } }, '/container/HostConfig/Mounts/0', /must be an object/],
  [
    'a bind without source',
    mount({ Type: 'bind', Target: '/b' }),
    '/container/HostConfig/Mounts/0/Source',
    /has a source/,
  ],
  [
    'a relative bind',
    mount({ Type: 'bind', Source: 'a', Target: '/b' }),
    '/container/HostConfig/Mounts/0/Source',
    /absolute/,
  ],
  [
    'an unknown propagation',
    mount({ Type: 'bind', Source: '/a', Target: '/b', BindOptions: { Propagation: 'all' } }),
    '/container/HostConfig/Mounts/0/BindOptions/Propagation',
    /no propagation/,
  ],
  [
    'options of a volume on a bind',
    mount({ Type: 'bind', Source: '/a', Target: '/b', VolumeOptions: {} }),
    '/container/HostConfig/Mounts/0/VolumeOptions',
    /type "volume"/,
  ],
  [
    'options of a bind on a volume',
    mount({ Type: 'volume', Target: '/b', BindOptions: {} }),
    '/container/HostConfig/Mounts/0/BindOptions',
    /type "bind"/,
  ],
  [
    'a read-only anonymous volume',
    mount({ Type: 'volume', Target: '/b', ReadOnly: true }),
    '/container/HostConfig/Mounts/0/ReadOnly',
    /nothing would ever be in it/,
  ],
  [
    'a folder of an anonymous volume',
    mount({ Type: 'volume', Target: '/b', VolumeOptions: { Subpath: 'x' } }),
    '/container/HostConfig/Mounts/0/VolumeOptions/Subpath',
    /no folders/,
  ],
  [
    'a subpath that leads out',
    mount({ Type: 'volume', Source: 'shop', Target: '/b', VolumeOptions: { Subpath: '../x' } }),
    '/container/HostConfig/Mounts/0/VolumeOptions/Subpath',
    /inside of the volume/,
  ],
  [
    'NoCopy of another type',
    mount({ Type: 'volume', Source: 'shop', Target: '/b', VolumeOptions: { NoCopy: 'yes' } }),
    '/container/HostConfig/Mounts/0/VolumeOptions/NoCopy',
    /true or false/,
  ],
  [
    'driver options of another type',
    mount({ Type: 'volume', Source: 'shop', Target: '/b', VolumeOptions: { DriverConfig: { Options: { o: 1 } } } }),
    '/container/HostConfig/Mounts/0/VolumeOptions/DriverConfig/Options/o',
    /must be a string/,
  ],
  [
    'a tmpfs with a source',
    mount({ Type: 'tmpfs', Source: 'x', Target: '/b' }),
    '/container/HostConfig/Mounts/0/Source',
    /no source/,
  ],
  [
    'a tmpfs of negative size',
    mount({ Type: 'tmpfs', Target: '/b', TmpfsOptions: { SizeBytes: -1 } }),
    '/container/HostConfig/Mounts/0/TmpfsOptions/SizeBytes',
    /integer/,
  ],
  [
    'an option that no tmpfs mount has',
    mount({ Type: 'tmpfs', Target: '/b', TmpfsOptions: { Options: [['uid', '1']] } }),
    '/container/HostConfig/Mounts/0/TmpfsOptions/Options/0',
    /\["exec"\]/,
  ],
  ['Tmpfs as a list', { HostConfig: { Tmpfs: ['/b'] } }, '/container/HostConfig/Tmpfs', /must be an object/],
  [
    'an unknown option of a tmpfs',
    { HostConfig: { Tmpfs: { '/b': 'siez=1m' } } },
    '/container/HostConfig/Tmpfs/~1b',
    /"siez=1m"/,
  ],
  ['a tmpfs over the root', { HostConfig: { Tmpfs: { '/': '' } } }, '/container/HostConfig/Tmpfs/~1', /must not be/],
  ['a relative volume', { Volumes: { data: {} } }, '/container/Volumes/data', /absolute/],
  ['Volumes as a list', { Volumes: ['/data'] }, '/container/Volumes', /must be an object/],
  ['User as a number', { User: 0 }, '/container/User', /must be a string/],
  ['Image as an object', { Image: {} }, '/container/Image', /must be a string, not an object/],
  ['Labels as a list', { Labels: ['a=b'] }, '/container/Labels', /must be an object/],
  ['a label as a number', { Labels: { a: 1 } }, '/container/Labels/a', /must be a string/],
  ['Memory as text', { HostConfig: { Memory: '1g' } }, '/container/HostConfig/Memory', /integer/],
  [
    'an unknown restart policy',
    { HostConfig: { RestartPolicy: { Name: 'often' } } },
    '/container/HostConfig/RestartPolicy/Name',
    /no restart policy/,
  ],
  [
    'ReadonlyRootfs as text',
    { HostConfig: { ReadonlyRootfs: 'true' } },
    '/container/HostConfig/ReadonlyRootfs',
    /true or false/,
  ],
];

function bind(text: string): object {
  return { HostConfig: { Binds: [text] } };
}

function mount(one: object): object {
  return { HostConfig: { Mounts: [one] } };
}

for (const [what, body, path, message] of bad)
  t.test(`refuses ${what}`, async (t) => {
    try {
      readContainerSpec({ value: body, path: '/container', code: 'container_spec_invalid' });
      t.fail('it was read');
    } catch (error) {
      if (!isFailure(error, 'container_spec_invalid')) throw error;
      t.match(error.message, message);
      t.equal(error.errors?.[0]?.path, path);
      t.ok(error.message.length < 700, 'what was sent is not sent back whole');
    }
  });
