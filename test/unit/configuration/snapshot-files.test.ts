import t from 'tap';
import { configurationIn, digestOf, filesOf, tarOf } from '../../../src/configuration/snapshot-files.ts';
import { readTar } from '../../../src/configuration/tar-files.ts';

const container = {
  name: 'web',
  image: { id: `sha256:${'a'.repeat(64)}`, reference: 'web:1' },
  state: 'running',
  labels: { b: '2', a: '1' },
  config: { Env: ['X=1'] },
  hostConfig: { NetworkMode: 'back end' },
  endpoints: { 'back end': { aliases: [], links: [], addresses: null, options: {} } },
  volumes: ['data'],
  needs: [],
};
const network = {
  name: 'back end',
  driver: 'bridge',
  internal: false,
  attachable: false,
  ipv6: false,
  options: {},
  labels: {},
  addressDriver: 'default',
  addressOptions: {},
  subnets: [{ Subnet: '10.0.0.0/24' }],
};
const volume = { name: 'data', driver: 'local', options: {}, labels: {} };
const composeFiles = [{ path: '/srv/shop/compose.yaml', content: Buffer.from('services: {}\n') }];
const all = { containers: [container], networks: [network], volumes: [volume], composeFiles };

t.test('definitions come out of their files as they went in', async (t) => {
  const files = filesOf(all);
  t.strictSame(
    [...files.keys()],
    [
      'compose.json',
      'compose/1-compose.yaml',
      'containers/web.json',
      'images.json',
      'networks/back%20end.json',
      'volumes/data.json',
    ],
  );
  const read = await readTar(tarOf(files));
  t.strictSame(configurationIn(read), { containers: [container], networks: [network], volumes: [volume] });
});

t.test('the digest is the same for the same definitions, whatever their order', async (t) => {
  const digest = digestOf(filesOf(all));
  const turned = { ...container, labels: { a: '1', b: '2' } };
  t.equal(digestOf(filesOf({ ...all, containers: [turned] })), digest);
  const other = { ...container, labels: { a: '1', b: '3' } };
  t.not(digestOf(filesOf({ ...all, containers: [other] })), digest);
  t.not(digestOf(filesOf({ ...all, composeFiles: [] })), digest);
});

t.test('what somebody made up is refused, and not quoted', async (t) => {
  const bad: Record<string, string> = {
    'containers/x.json': JSON.stringify({ ...container, name: '../../etc' }),
    'containers/y.json': '{"secret": ',
    'networks/z.json': JSON.stringify({ ...network, name: '..' }),
    'volumes/v.json': JSON.stringify({ ...volume, name: '/etc' }),
  };
  for (const [path, content] of Object.entries(bad)) {
    const read = () => configurationIn(new Map([[path, Buffer.from(content)]]));
    t.throws(read, { code: 'snapshot_unsuitable' }, path);
    t.throws(read, { message: /^The definition \S+ of the snapshot cannot be read; nothing was done\.$/ });
  }
});
