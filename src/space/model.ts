import { Bytes, Count, DateTime, HostName, nullable, object, page, type Static, T, words } from '../schema.ts';
import { VolumeUsage } from '../volumes/model.ts';

const perDay = (what: string) => T.Number({ description: `${what} a day; negative when it shrinks.` });

/** What is known of any file system: the room that is left in it. */
const room = {
  totalBytes: Bytes,
  freeBytes: Bytes,
  totalInodes: T.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    'x-gql': 'Count',
    description: '0 where the file system makes inodes as it needs them.',
  }),
  freeInodes: Count,
};

export const VolumeFileSystem = object(
  { type: T.String({ description: 'Such as `ext4`, `xfs`, `tmpfs` or `nfs4`.' }), ...room },
  { $id: 'VolumeFileSystem', description: 'The file system that a volume lies on, when it was last measured.' },
);
export type VolumeFileSystem = Static<typeof VolumeFileSystem>;

export const RootFileSystem = object(
  {
    fileSystem: T.String({ description: 'Such as `ext4`, `xfs` or `nfs4`.' }),
    isNetwork: T.Boolean({ description: 'Whether it lies on another machine.' }),
    device: nullable(T.String({ description: 'What is mounted there, such as `/dev/sda1`.' })),
    isRotational: nullable(
      T.Boolean({
        description: 'Whether it is a disk that turns; null where that cannot be told, as of virtual disks.',
      }),
    ),
    ...room,
  },
  { $id: 'RootFileSystem', description: "The file system below the engine's root folder, when it was last measured." },
);
export type RootFileSystem = Static<typeof RootFileSystem>;

export const SpaceCategory = object(
  {
    count: Count,
    active: T.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      'x-gql': 'Count',
      description: 'How many are in use: by a container, or running, or by a build.',
    }),
    bytes: Bytes,
    reclaimableBytes: Bytes,
  },
  { $id: 'SpaceCategory', description: 'What one kind of object takes, as `docker system df` counts it.' },
);
export type SpaceCategory = Static<typeof SpaceCategory>;

const RootRoom = object(
  { totalBytes: Bytes, freeBytes: Bytes },
  { $id: 'RootRoom', description: "The room in the file system below the engine's root folder." },
);

/** What a sample of a host holds. */
export const HostSpace = object({
  images: nullable(SpaceCategory),
  containers: SpaceCategory,
  volumes: SpaceCategory,
  buildCache: nullable(SpaceCategory),
  root: nullable(RootRoom),
});
export type HostSpace = Static<typeof HostSpace>;

export const HostUsage = object(
  { host: HostName, measuredAt: DateTime, ...HostSpace.properties },
  {
    $id: 'HostUsage',
    description:
      'What lay on a host at one time, as `docker system df` tells it: volumes are those of the driver `local` without options, containers count with their writable layers. Images and build cache are null where the engine cannot tell without walking all volumes (API before 1.42).',
  },
);
export type HostUsage = Static<typeof HostUsage>;
export const HostUsagePage = page(HostUsage, 'HostUsage');

export const StorageVerdict = words(
  'StorageVerdict',
  ['good', 'tolerable', 'bad', 'unknown'],
  'Whether the storage below the engine is what Docker recommends.',
);
export type StorageVerdict = Static<typeof StorageVerdict>;

export const StorageReason = object(
  {
    rule: nullable(T.String({ description: 'Rule that is broken; null for what is as it should be.' })),
    detail: T.String(),
    remedy: nullable(T.String({ description: 'What to do about it.' })),
  },
  { $id: 'StorageReason', description: 'A reason for a verdict.' },
);
export type StorageReason = Static<typeof StorageReason>;

export const HostStorage = object(
  {
    host: HostName,
    storageDriver: nullable(T.String()),
    backingFileSystem: nullable(T.String({ description: 'As the storage driver names it, such as `extfs`.' })),
    rootFolder: nullable(T.String({ description: "Docker's own folder on the host." })),
    storage: nullable(RootFileSystem),
    measuredAt: nullable(DateTime),
    verdict: StorageVerdict,
    reasons: T.Array(StorageReason),
  },
  {
    $id: 'HostStorage',
    description: 'What the images, containers and volumes of a host lie on, and what is to be said of it.',
  },
);
export type HostStorage = Static<typeof HostStorage>;

export const VolumeGrowth = object(
  {
    host: HostName,
    volume: T.String(),
    since: DateTime,
    bytesPerDay: perDay('Bytes'),
    allocatedBytesPerDay: perDay('Bytes on the disk'),
    filesPerDay: perDay('Files'),
    inodesPerDay: perDay('Inodes'),
  },
  {
    $id: 'VolumeGrowth',
    description: 'How a volume grows: the straight line that fits its measurements of the last 14 days best.',
  },
);
export type VolumeGrowth = Static<typeof VolumeGrowth>;

export const VolumeSample = object(
  { measuredAt: DateTime, bytes: Bytes, allocatedBytes: Bytes, files: Count, inodes: Count },
  { $id: 'VolumeSample', description: 'What a volume held at one time.' },
);
export type VolumeSample = Static<typeof VolumeSample>;
const VolumeSamplePage = page(VolumeSample, 'VolumeSample');

export const VolumeSpace = object(
  {
    host: HostName,
    volume: T.String(),
    usage: nullable(VolumeUsage),
    error: nullable(T.String({ description: 'Why the last measurement gave nothing; what is shown is older then.' })),
    fileSystem: nullable(VolumeFileSystem),
    growth: nullable(VolumeGrowth),
    daysUntilFull: nullable(
      T.Number({
        minimum: 0,
        description:
          'Until its file system has no bytes or no inodes left, whichever is first, if nothing but this volume grows; null when it does not grow.',
      }),
    ),
    history: VolumeSamplePage,
  },
  { $id: 'VolumeSpace', description: 'What a volume takes, how that changes, and how long there is room for it.' },
);
export type VolumeSpace = Static<typeof VolumeSpace>;

export const ReportGrouping = words(
  'ReportGrouping',
  ['volume', 'project', 'class', 'environment', 'host', 'driver'],
  'What the rows of a usage report are.',
);
export type ReportGrouping = Static<typeof ReportGrouping>;

const sums = {
  volumes: Count,
  dangling: T.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    'x-gql': 'Count',
    description: 'How many of them no container mounts.',
  }),
  unmeasured: T.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    'x-gql': 'Count',
    description: 'How many of them have not been measured, and so are in no other sum.',
  }),
  bytes: Bytes,
  danglingBytes: Bytes,
  allocatedBytes: Bytes,
  files: Count,
  bytesPerDay: nullable(T.Number({ description: 'Growth of those whose growth is known; null when that is none.' })),
};

export const UsageTotals = object(sums, { $id: 'UsageTotals', description: 'Sums over volumes.' });
export type UsageTotals = Static<typeof UsageTotals>;

const attribute = (what: string) =>
  nullable(T.String({ description: `${what}, where all volumes of the row share it.` }));

export const UsageReportRow = object(
  {
    group: nullable(
      T.String({ description: 'What the row is about, a volume as `host/name`; null for those that belong to none.' }),
    ),
    host: attribute('Host'),
    volume: nullable(T.String({ description: 'Name of the volume, where the row is one.' })),
    project: attribute('Project'),
    environment: attribute('Environment'),
    class: attribute('Class'),
    driver: attribute('Driver'),
    ...sums,
  },
  { $id: 'UsageReportRow', description: 'The volumes of one group.' },
);
export type UsageReportRow = Static<typeof UsageReportRow>;

export const UsageReport = object(
  {
    groupBy: ReportGrouping,
    totals: UsageTotals,
    items: T.Array(UsageReportRow),
    nextCursor: nullable(T.String({ description: 'Cursor of the next page; null on the last.' })),
  },
  { $id: 'UsageReport', description: 'What volumes take, by group, the largest first; with the totals of all groups.' },
);
export type UsageReport = Static<typeof UsageReport>;

export const ReportFormat = words('ReportFormat', ['json', 'csv'], 'Format of a usage report as a file.');
export type ReportFormat = Static<typeof ReportFormat>;
