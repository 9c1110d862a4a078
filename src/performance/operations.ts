import { query } from '../operation.ts';
import { DateTime, HostName, object, T } from '../schema.ts';
import { VolumeName } from '../volumes/model.ts';
import { volumeTarget } from '../volumes/read.ts';
import { VolumePerformance } from './model.ts';
import { performanceOf } from './performance.ts';
import { timeOf } from './time.ts';

export const getVolumePerformance = query('performance.get', {
  permission: 'read',
  reach: volumeTarget,
  summary: 'Read how a volume does: its space, and what its containers read and write',
  description:
    'Over the time from `from` to `to`; the last hour when they are not given. Containers are those that have the volume mounted now and that the caller may see. The counters are of whole containers and of block devices: see `attribution`.',
  input: object({ host: HostName, name: VolumeName, from: T.Optional(DateTime), to: T.Optional(DateTime) }),
  output: VolumePerformance,
  async run({ ports, scope }, { host, name, from, to }) {
    const time = timeOf({ from, to }, new Date());
    const [performance] = await performanceOf(ports.db, scope, [`${host}/${name}`], time);
    if (performance === undefined) throw volumeTarget.absent({ host, name });
    return performance;
  },
});

export const performanceOfVolumes = query('performance.ofVolumes', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'How it did in the last hour.',
  input: object({ volumes: T.Array(T.String(), { maxItems: 100, description: '`host/name`' }) }),
  output: T.Array(VolumePerformance),
  run: ({ ports, scope }, { volumes }) => performanceOf(ports.db, scope, volumes, timeOf({}, new Date())),
});
