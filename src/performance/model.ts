import { Bytes, DateTime, HostName, nullable, object, type Static, T, words } from '../schema.ts';
import { VolumeFileSystem } from '../space/model.ts';
import { VolumeName, VolumeUsage } from '../volumes/model.ts';

const rates = {
  readBytesPerSecond: T.Number({ minimum: 0 }),
  writtenBytesPerSecond: T.Number({ minimum: 0 }),
  readOperationsPerSecond: T.Number({ minimum: 0 }),
  writeOperationsPerSecond: T.Number({ minimum: 0 }),
};

export const ActivityRates = object(rates, {
  $id: 'ActivityRates',
  description: 'What reached the block devices, as the cgroup counts it: what the page cache serves is not among it.',
});
export type ActivityRates = Static<typeof ActivityRates>;

const ContainerActivity = object(
  {
    id: T.String(),
    name: T.String(),
    readOnly: T.Boolean({ description: 'Whether it has the volume mounted read-only.' }),
    otherMounts: T.Integer({
      minimum: 0,
      maximum: 2 ** 31 - 1,
      description:
        'Volumes and binds that it has mounted besides: the more, the less of its activity is of this volume.',
    }),
    rates: nullable(ActivityRates),
    memoryBytes: nullable(Bytes),
    measuredAt: nullable(DateTime),
    measuredSeconds: T.Number({ minimum: 0, description: 'How much of the window the readings cover.' }),
  },
  {
    $id: 'ContainerActivity',
    description:
      'What a container that mounts a volume read and wrote, in all its files. The rates are null with fewer than two readings in the window, and where the kernel counts nothing: with cgroup v1, one from 6.10 on counts only for block devices on which a container has a limit.',
  },
);
export type ContainerActivity = Static<typeof ContainerActivity>;

const ActivityPoint = object(
  { at: DateTime, ...rates, memoryBytes: Bytes },
  { $id: 'ActivityPoint', description: 'What all containers of a volume did in the time up to `at`.' },
);
export type ActivityPoint = Static<typeof ActivityPoint>;

export const ActivityAttribution = words(
  'ActivityAttribution',
  ['whole_containers'],
  'What activity is attributed to: `whole_containers`, all that the containers of the volume read from and wrote to block devices, in this volume or elsewhere. The kernel does not count by volume.',
);

export const VolumePerformance = object(
  {
    host: HostName,
    volume: VolumeName,
    from: DateTime,
    to: DateTime,
    space: nullable(VolumeUsage),
    fileSystem: nullable(VolumeFileSystem),
    attribution: ActivityAttribution,
    containers: T.Array(ContainerActivity),
    totals: nullable(ActivityRates),
    series: T.Array(ActivityPoint, {
      description: 'At most 60 points, the oldest first; none for a time without readings.',
    }),
  },
  {
    $id: 'VolumePerformance',
    description:
      'Space of a volume and of the file system that it lies on, when they were last measured, and what its containers read and wrote, as far as the caller may see them. Totals are null while there are no rates. Writes through the page cache count when the kernel writes them out: with cgroup v2 seconds later, with v1 not at all unless the container itself waits for it (fsync).',
  },
);
export type VolumePerformance = Static<typeof VolumePerformance>;
