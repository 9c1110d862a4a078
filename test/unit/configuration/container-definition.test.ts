import type { ContainerInspectInfo } from 'dockerode';
import t from 'tap';
import { definitionOf } from '../../../src/engine/container-definition.ts';

const id = 'c'.repeat(64);
const other = 'd'.repeat(64);
const names = new Map([[other, 'web']]);
const anonymous = 'e'.repeat(64);

function inspected({ config = {}, host = {}, networks = {}, mounts = [] as unknown[] }): ContainerInspectInfo {
  return {
    Id: id,
    Name: '/app',
    Image: `sha256:${'f'.repeat(64)}`,
    State: { Status: 'running' },
    Config: { Image: 'app:1', Hostname: id.slice(0, 12), Labels: { a: 'b' }, Env: ['A=1'], ...config },
    HostConfig: { NetworkMode: 'bridge', ...host },
    NetworkSettings: { Networks: networks },
    Mounts: mounts,
  } as unknown as ContainerInspectInfo;
}

t.test('what the engine has chosen itself is left out', async (t) => {
  const { config, image, labels, state } = definitionOf(inspected({}), names);
  t.strictSame(config, { Env: ['A=1'] }, 'the id as a host name');
  t.match({ image, labels, state }, { image: { reference: 'app:1' }, labels: { a: 'b' }, state: 'running' });
  const named = definitionOf(inspected({ config: { Hostname: 'app' } }), names);
  t.match(named.config, { Hostname: 'app' });
  const networks = {
    backend: { NetworkID: 'n1', Aliases: ['api', id.slice(0, 12), 'app'], IPAMConfig: { IPv4Address: '10.0.0.2' } },
    bridge: { NetworkID: 'n2', Aliases: null },
  };
  const { endpoints, hostConfig } = definitionOf(inspected({ networks, host: { NetworkMode: 'n1' } }), names);
  t.strictSame(endpoints, {
    backend: { aliases: ['api'], links: [], addresses: { IPv4Address: '10.0.0.2' }, options: {} },
  });
  t.equal(hostConfig['NetworkMode'], 'backend', 'by its name');
});

t.test('other containers are named, and needed; in the network of one there is no host name and no port', async (t) => {
  const host = {
    NetworkMode: `container:${other}`,
    PidMode: `container:${other}`,
    VolumesFrom: [`${other}:ro`],
    Links: ['/db:/app/database'],
  };
  const found = definitionOf(inspected({ host, config: { ExposedPorts: { '80/tcp': {} }, Domainname: '' } }), names);
  t.match(found.hostConfig, {
    NetworkMode: 'container:web',
    PidMode: 'container:web',
    VolumesFrom: ['web:ro'],
    Links: ['db:database'],
  });
  t.strictSame(found.needs, ['web', 'db']);
  t.strictSame(found.config, { Env: ['A=1'] });
});

t.test('an anonymous volume is mounted again by its name', async (t) => {
  const mounts = [
    { Type: 'volume', Name: anonymous, Destination: '/data', RW: true },
    { Type: 'volume', Name: 'given', Destination: '/given', RW: true },
    { Type: 'volume', Name: 'bound', Destination: '/bound', RW: true },
    { Type: 'bind', Source: '/srv', Destination: '/srv', RW: true },
  ];
  const host = { Binds: ['bound:/bound', '/srv:/srv'], Mounts: [{ Type: 'volume', Target: '/given' }] };
  const found = definitionOf(inspected({ host, mounts }), names);
  t.strictSame(found.hostConfig['Mounts'], [
    { Type: 'volume', Target: '/given', Source: 'given' },
    { Type: 'volume', Source: anonymous, Target: '/data', ReadOnly: false },
  ]);
  t.strictSame(found.volumes, [anonymous, 'given', 'bound']);
});
