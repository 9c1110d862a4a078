import { Prisma } from '../database/client.ts';
import { query } from '../operation.ts';
import { HostName, object, ProjectName, paging, T } from '../schema.ts';
import { DataClass, VolumeName } from '../volumes/model.ts';
import { volumeTarget } from '../volumes/read.ts';
import { listProtection as list } from './list.ts';
import { loadProtection } from './load.ts';
import { ProtectionState, VolumeProtection, VolumeProtectionPage } from './model.ts';

export const listProtection = query('protection.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'Show whether volumes are protected as promised',
  description:
    'Judged at the time of the call: the age of the newest good backup against the RPO, the last restore drill against the RTO, the copies against 3-2-1.',
  input: object({
    host: T.Optional(HostName),
    project: T.Optional(ProjectName),
    class: T.Optional(DataClass),
    state: T.Optional(ProtectionState),
    ...paging,
  }),
  output: VolumeProtectionPage,
  run: ({ ports, scope }, { limit = 50, cursor, ...filter }) => list(ports.db, scope, filter, limit, cursor),
});

export const getVolumeProtection = query('protection.get', {
  permission: 'read',
  reach: volumeTarget,
  summary: 'Show whether a volume is protected as promised',
  input: object({ host: HostName, name: VolumeName }),
  output: VolumeProtection,
  async run({ ports, scope }, { host, name }) {
    const [protection] = await loadProtection(ports.db, scope, [Prisma.sql`v.host = ${host} and v.name = ${name}`]);
    if (protection === undefined) throw volumeTarget.absent({ host, name });
    return protection;
  },
});

export const protectionOfVolumes = query('protection.ofVolumes', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'Batch for Volume.protection',
  input: object({ volumes: T.Array(T.String(), { maxItems: 1000, description: '`host/name`' }) }),
  output: T.Array(VolumeProtection),
  async run({ ports, scope }, { volumes }) {
    const named = Prisma.sql`(v.host || '/' || v.name) = any(${[...volumes]}::text[])`;
    return await loadProtection(ports.db, scope, [named]);
  },
});
