import t from 'tap';
import { isFailure } from '../../../src/errors.ts';
import type { ContainerFacts } from '../../../src/findings/facts.ts';
import type { ComposeInput } from '../../../src/mounts/compose-project.ts';
import { readComposeService } from '../../../src/mounts/compose-service.ts';

const definitions = 'volumes: {db: , cache: {name: shared-cache}, old: {external: true}}';

/** A service of the project `shop` in /srv/shop, with a volume `db`. */
interface Call extends Partial<ComposeInput> {
  readonly top?: string;
  /** Fields that are not given. */
  readonly without?: readonly (keyof ComposeInput)[];
}

function read(service: string, { top = definitions, without = [], ...input }: Call = {}) {
  // A variable is written @{NAME} here, lest it look like one of a template.
  const file = `services:\n  web: ${service.replaceAll('@{', '${')}\n${top}\n`;
  const call = { file, service: 'web', project: 'shop', projectFolder: '/srv/shop', ...input };
  for (const name of without) Reflect.deleteProperty(call, name);
  return readComposeService(call);
}

const good: [what: string, service: string, container: object][] = [
  [
    'a path',
    '{volumes: ["/srv/a:/data:ro"]}',
    mount({ type: 'bind', source: '/srv/a', target: '/data', readOnly: true }),
  ],
  ['a relative path', '{volumes: ["./a:/data"]}', mount({ type: 'bind', source: '/srv/shop/a', readOnly: false })],
  ['a path above', '{volumes: ["../a:/data:rslave"]}', mount({ source: '/srv/a', propagation: 'rslave' })],
  ['a path with a label', '{volumes: ["./a:/data:ro,Z"]}', mount({ selinux: 'private', readOnly: true })],
  ['a volume', '{volumes: ["db:/data"]}', mount({ type: 'volume', volume: 'shop_db', target: '/data' })],
  ['a volume with a name', '{volumes: ["cache:/data:nocopy"]}', mount({ volume: 'shared-cache', noCopy: true })],
  ['an external volume', '{volumes: ["old:/data:ro"]}', mount({ volume: 'old', readOnly: true })],
  ['an anonymous volume', '{volumes: [/data]}', mount({ type: 'volume', volume: '', target: '/data' })],
  [
    'a long path',
    '{volumes: [{type: bind, source: a, target: /data, read_only: true, bind: {propagation: rshared, create_host_path: false}}]}',
    mount({ source: '/srv/shop/a', propagation: 'rshared', readOnly: true }),
  ],
  [
    'a long path with a label',
    '{volumes: [{type: bind, source: /a, target: /b, bind: {selinux: z}}]}',
    mount({ selinux: 'shared' }),
  ],
  [
    'a long volume',
    '{volumes: [{type: volume, source: db, target: /data, volume: {nocopy: true, subpath: a/b}}]}',
    mount({ volume: 'shop_db', noCopy: true, subpath: 'a/b' }),
  ],
  [
    'a long tmpfs',
    '{volumes: [{type: tmpfs, target: /tmp, tmpfs: {size: 64m, mode: 0o1777}}]}',
    mount({ type: 'tmpfs', target: '/tmp', tmpfs: { sizeBytes: 64 * 2 ** 20, noexec: true } }),
  ],
  ['a tmpfs', '{tmpfs: /tmp}', mount({ type: 'tmpfs', tmpfs: { sizeBytes: null } })],
  ['a list of tmpfs', '{tmpfs: ["/tmp:size=1k,exec"]}', mount({ tmpfs: { sizeBytes: 1024, noexec: false } })],
  ['an image', '{volumes: [{type: image, source: tools, target: /t}]}', mount({ type: 'image', source: 'tools' })],
  [
    'a secret',
    '{secrets: [key]}',
    mount({ type: 'bind', source: '/srv/shop/key.txt', target: '/run/secrets/key', readOnly: true }),
  ],
  [
    'a config',
    '{configs: [{source: key, target: /etc/key}]}',
    mount({ source: '/srv/shop/c', target: '/etc/key', readOnly: true }),
  ],
  [
    'what rules look at besides',
    '{image: "postgres:17", user: "999", userns_mode: host}',
    { image: 'postgres:17', user: '999', usernsMode: 'host' },
  ],
  ['a number as user', '{user: 1000}', { user: '1000' }],
  ['an image that is built', '{build: .}', { image: 'shop-web' }],
  ['mem_limit', '{mem_limit: 512mb}', { memoryLimitBytes: 512 * 2 ** 20 }],
  ['the limit of a deployment', '{deploy: {resources: {limits: {memory: 1.5G}}}}', { memoryLimitBytes: 1.5 * 2 ** 30 }],
  ['restart', '{restart: "on-failure:3"}', { restartPolicy: 'on-failure' }],
  ['no restart', '{restart: no}', { restartPolicy: 'no' }],
  ['the restart policy of a deployment', '{deploy: {restart_policy: {condition: any}}}', { restartPolicy: 'always' }],
  ['the project', '{}', { project: 'shop', name: 'shop-web-1', mounts: [] }],
  ['labels as a map', '{labels: {stowage.project: other, a: 1, b: , c: true}}', { project: 'other' }],
  ['labels as a list', '{labels: ["stowage.project=other", b]}', { project: 'other' }],
  ['the name of the container', '{container_name: web}', { name: 'web' }],
];

function mount(expected: object): Partial<ContainerFacts> {
  return { mounts: [expected] } as Partial<ContainerFacts>;
}

const files = 'secrets: {key: {file: ./key.txt}, word: {environment: WORD}}\nconfigs: {key: {file: c}}';

for (const [what, service, expected] of good)
  t.test(`reads ${what}`, async (t) => {
    const isFile = /secrets|configs/.test(service);
    t.match(read(service, isFile ? { top: files } : {}).container, expected);
  });

const bad: [what: string, service: string, message: RegExp, more?: Call][] = [
  ['another service', '{}', /^\/services: There is no service "db"/, { service: 'db' }],
  ['extends', '{extends: {service: x}}', /\/services\/web\/extends: .*docker compose config/],
  ['include', '{}', /\/include: .*docker compose config/, { top: 'include: [a.yaml]' }],
  ['volumes as a map', '{volumes: {a: b}}', /\/services\/web\/volumes: must be a list/],
  ['a number as volume', '{volumes: [1]}', /\/services\/web\/volumes\/0: must be an object/],
  ['an empty part', '{volumes: ["a::/b"]}', /must be "source:target"/],
  ['too many parts', '{volumes: ["db:/b:ro:z"]}', /must be "source:target"/],
  ['a path of Windows', `{volumes: ['C:\\data:/b']}`, /of Windows/],
  [
    'a volume that is not defined',
    '{volumes: ["other:/b"]}',
    /\/services\/web\/volumes\/0: .*defines no volume "other"/,
  ],
  ['a home folder', '{volumes: ["~/a:/b"]}', /home folder/],
  ['a relative path without folder', '{volumes: ["./a:/b"]}', /give "projectFolder"/, { without: ['projectFolder'] }],
  ['a folder that is relative', '{}', /must be an absolute path/, { projectFolder: 'srv' }],
  ['a volume without project', '{volumes: ["db:/b"]}', /give "project"/, { without: ['project', 'projectFolder'] }],
  ['an unknown type', '{volumes: [{type: nfs, target: /b}]}', /"nfs" is no type/],
  ['an unknown field', '{volumes: [{type: volume, target: /b, readonly: true}]}', /\/readonly: "readonly" is no field/],
  ['an unknown field of a bind', '{volumes: [{type: bind, source: /a, target: /b, bind: {z: 1}}]}', /"z" is no field/],
  ['a bind without source', '{volumes: [{type: bind, target: /b}]}', /has a source/],
  ['a target twice', '{volumes: ["/a:/b", "db:/b"]}', /mounted at "\/b" already/],
  ['read_only of another type', '{read_only: 1}', /\/read_only: must be true or false/],
  ['memory of no number', '{mem_limit: much}', /\/mem_limit: "much" is no number of bytes/],
  ['a secret that is not defined', '{secrets: [x]}', /no secrets with the name "x"/],
  ['a variable', '{volumes: ["@{DATA}:/b"]}', /\/services\/web\/volumes\/0: The variable "DATA" has no value/],
  ['a required variable', '{image: "@{TAG:?give a tag}"}', /TAG is required: "give a tag"/],
  ['a bad variable', '{image: "@{1}"}', /is no variable/],
  ['an open variable', '{image: "@{TAG"}', /is no variable/],
  ['labels that hold lists', '{labels: {a: [1]}}', /\/labels\/a: must be a string/],
  ['a bad restart policy', '{restart: often}', /"often" is no restart policy/],
  ['a service that is a list', '[1]', /must be an object/],
  ['a project that is a list', '{}', /\/name: must be a string/, { top: 'name: [a]', without: ['project'] }],
];

for (const [what, service, message, more] of bad)
  t.test(`refuses ${what}`, async (t) => {
    try {
      read(service, more);
      t.fail('it was read');
    } catch (error) {
      if (!isFailure(error, 'compose_invalid')) throw error;
      t.match(error.message, message);
    }
  });

const variables: [text: string, value: string][] = [
  ['$NAME', 'x'],
  ['@{NAME}', 'x'],
  ['a@{NAME}b$$c', 'axb$c'],
  ['@{NONE:-d}', 'd'],
  ['@{NONE-d}', 'd'],
  ['@{EMPTY:-d}', 'd'],
  ['@{EMPTY-d}', ''],
  ['@{NAME:+y}', 'y'],
  ['@{NONE:+y}', ''],
  ['@{EMPTY+y}', 'y'],
  ['@{NONE:-@{NAME}}', 'x'],
  ['@{NONE:-a:b}', 'a:b'],
  ['@{NAME:?z}', 'x'],
];

for (const [text, value] of variables)
  t.test(`puts variables into ${text}`, async (t) => {
    const environment = { NAME: 'x', EMPTY: '' };
    t.equal(read(`{container_name: 'n${text}'}`, { environment }).container.name, `n${value}`);
  });

t.test('a volume is made as the file defines it', async (t) => {
  const { volumes } = read('{volumes: ["db:/data", "old:/old"]}', {
    top: 'volumes: {db: {driver: local, driver_opts: {type: nfs, o: "addr=x"}, labels: {team: blue}}, old: {external: true, name: older}, unused: }',
  });
  t.same(Object.fromEntries(volumes), {
    shop_db: {
      driver: 'local',
      options: { type: 'nfs', o: 'addr=x' },
      labels: { team: 'blue', 'com.docker.compose.project': 'shop', 'com.docker.compose.volume': 'db' },
    },
    older: { driver: 'local', options: {}, labels: {} },
  });
});

t.test('the project is that of the call, of the file, or of the folder', async (t) => {
  const nameOf = (call: Call) =>
    read('{}', { without: call.project === undefined ? ['project'] : [], ...call }).container.project;
  t.equal(nameOf({ project: 'given', top: 'name: own' }), 'given');
  t.equal(nameOf({ top: 'name: own' }), 'own');
  t.equal(nameOf({ projectFolder: '/srv/My Shop.2' }), 'myshop2');
});

t.test('mounts of other containers and of other services are taken over', async (t) => {
  const file = (entry: string) =>
    `services:\n  web: {volumes_from: ["${entry}"]}\n  db: {}\n  cache: {container_name: fast}\n`;
  const of = (entry: string) =>
    readComposeService({ file: file(entry), service: 'web', project: 'shop' }).volumesFrom[0];
  t.same(of('db'), { container: 'shop-db-1', readOnly: false });
  t.same(of('db:ro'), { container: 'shop-db-1', readOnly: true });
  t.same(of('cache:rw'), { container: 'fast', readOnly: false });
  t.same(of('container:other:ro'), { container: 'other', readOnly: true });
  t.throws(() => of('nothing'), /no service "nothing"/);
});
