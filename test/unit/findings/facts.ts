import type {
  ContainerFacts,
  HostFacts,
  MountFacts,
  PathFacts,
  StorageFacts,
  Surroundings,
  VolumeFacts,
} from '../../../src/findings/facts.ts';

// A host, a container, mounts, a path and a volume without any fault, to make faults of.

export const storage: StorageFacts = {
  fileSystem: 'ext4',
  isNetwork: false,
  isRotational: false,
  totalBytes: 100 * 2 ** 30,
  freeBytes: 50 * 2 ** 30,
  totalInodes: 1_000_000,
  freeInodes: 500_000,
};

export const host: HostFacts = {
  name: 'local',
  storageDriver: 'overlay2',
  backingFileSystem: 'extfs',
  remapsUsers: false,
  idOffsets: { uid: 0, gid: 0 },
  rootFolder: '/var/lib/docker',
  storage,
  volumeDrivers: ['local'],
  memoryBytes: 8 * 2 ** 30,
  sockets: [{ path: '/run/docker.sock', identity: '25:900' }],
};

export const around: Surroundings = {
  host,
  now: new Date('2026-11-25T12:00:00Z'),
  allowedRoots: [],
  bindFiles: 100_000,
  uncoveredSeconds: 3600,
  naming: { mode: 'off', styles: [] },
};

export const container: ContainerFacts = {
  id: 'c1',
  name: 'app',
  image: 'app:1',
  state: 'running',
  user: '1000',
  usernsMode: '',
  memoryLimitBytes: null,
  restartPolicy: 'no',
  createdAt: null,
  project: 'shop',
  environment: null,
  labels: {},
  writable: null,
  mounts: [],
};

const mount = {
  driver: null,
  volume: null,
  readOnly: false,
  propagation: '',
  selinux: null,
  noCopy: false,
  subpath: null,
  tmpfs: null,
  boundFolder: null,
  path: null,
  sharedWith: null,
  reaches: [],
  project: 'shop',
} as const;

export const tmpfs: MountFacts = {
  ...mount,
  type: 'tmpfs',
  source: '',
  target: '/tmp',
  tmpfs: { sizeBytes: 1024, noexec: true, nosuid: true, nodev: true },
};

export const bind: MountFacts = {
  ...mount,
  type: 'bind',
  source: '/srv/shop',
  target: '/data',
  propagation: 'rprivate',
};

export const volumeMount: MountFacts = {
  ...mount,
  type: 'volume',
  source: '/var/lib/docker/volumes/shop/_data',
  target: '/data',
  volume: 'shop',
  driver: 'local',
};

export const folder: PathFacts = {
  exists: true,
  kind: 'directory',
  resolvedPath: '/srv/shop',
  uid: 1000,
  gid: 1000,
  mode: '0755',
  identity: '1:2',
  fileSystem: 'ext4',
  crossesFileSystem: false,
  entries: 12,
  entriesAreMore: false,
};

export const volume: VolumeFacts = {
  name: 'shop',
  kind: 'named',
  driver: 'local',
  options: {},
  labels: {},
  project: 'shop',
  environment: null,
  isShared: false,
  problems: [],
  damagedSnapshots: [],
  lastDrill: null,
  protection: null,
  createdAt: new Date('2026-11-01T00:00:00Z'),
  lastUsedAt: new Date('2026-11-25T00:00:00Z'),
  users: [],
};
