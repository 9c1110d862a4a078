import t from 'tap';
import { rulesAbout } from '../../../src/findings/catalogue.ts';
import type { ContainerFacts, HostFacts, MountFacts, Surroundings } from '../../../src/findings/facts.ts';

const host: HostFacts = {
  name: 'local',
  storageDriver: 'overlay2',
  rootFolder: '/var/lib/docker',
  storage: null,
  volumeDrivers: ['local'],
  memoryBytes: 8 * 2 ** 30,
  sockets: [],
};
const around: Surroundings = {
  host,
  now: new Date('2026-11-25T12:00:00Z'),
  allowedRoots: [],
  bindFiles: 100_000,
  naming: { mode: 'off', styles: [] },
};
const container: ContainerFacts = {
  id: 'c1',
  name: 'app',
  image: 'app:1',
  state: 'running',
  user: '1000',
  usernsMode: '',
  memoryLimitBytes: null,
  restartPolicy: 'no',
  createdAt: null,
  project: null,
  environment: null,
  writable: null,
  mounts: [],
};
const tmpfs: MountFacts = {
  type: 'tmpfs',
  source: '',
  target: '/tmp',
  volume: null,
  driver: null,
  readOnly: false,
  propagation: '',
  selinux: null,
  noCopy: false,
  subpath: null,
  tmpfs: { sizeBytes: 1024, noexec: true, nosuid: true, nodev: true },
  path: null,
};

function brokenBy(mount: MountFacts): string[] {
  return rulesAbout('mount').flatMap((rule) => (rule.check({ mount, container }, around) === null ? [] : [rule.id]));
}

t.test('MNT-009: a tmpfs without a size', async (t) => {
  t.same(brokenBy(tmpfs), []);
  t.same(brokenBy({ ...tmpfs, tmpfs: { sizeBytes: null, noexec: true, nosuid: true, nodev: true } }), ['MNT-009']);
});
