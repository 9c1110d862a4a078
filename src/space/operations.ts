import { fail } from '../errors.ts';
import { judge, loadSurroundings } from '../findings/read.ts';
import { hostNotFound, requireHost } from '../hosts/read.ts';
import { Job } from '../jobs/model.ts';
import { recallJob } from '../jobs/read.ts';
import { command, query } from '../operation.ts';
import { Download, HostName, object, ProjectName, paging, T } from '../schema.ts';
import { DataClass, EnvironmentName, VolumeName } from '../volumes/model.ts';
import { findVolume, sharedVolumeTarget, volumeTarget } from '../volumes/read.ts';
import { daysUntilFull, toGrowth } from './growth.ts';
import { judgeStorage } from './judge-storage.ts';
import {
  HostStorage,
  HostUsage,
  HostUsagePage,
  ReportFormat,
  ReportGrouping,
  UsageReport,
  VolumeGrowth,
  VolumeSpace,
} from './model.ts';
import { reportFile } from './report-file.ts';
import { reportRows, reportTotals } from './report-store.ts';
import { requestMeasurement } from './schedule-store.ts';
import { findStorage } from './storage-store.ts';
import * as store from './usage-store.ts';

const host = { host: HostName };

export const measureHost = command('space.measure', {
  permission: 'operate',
  reach: 'everything',
  summary: 'Measure the space on a host',
  description:
    'Sizes all volumes, containers, images and the build cache, and looks at the storage below them. Helpers with the least share of processor and disk do it; reads answer with what was measured last.',
  input: object(host),
  output: Job,
  recall: recallJob,
  async run(context, { host }) {
    await requireHost(context.ports.db, host);
    return await requestMeasurement(context, host);
  },
});

export const getHostUsage = query('space.hostUsage', {
  permission: 'read',
  reach: 'everything',
  summary: 'Read what a host holds',
  description:
    'As `docker system df` tells it, from the newest measurement. It sums over all projects, so it asks for a role on everything.',
  input: object(host),
  output: HostUsage,
  async run({ ports }, { host }) {
    await requireHost(ports.db, host);
    const usage = await store.newestHostUsage(ports.db, host);
    if (usage === null)
      throw fail(
        'not_measured',
        `Host "${host}" has not been measured yet; ask for it with POST /v1/hosts/${host}/measurements.`,
      );
    return usage;
  },
});

export const listHostUsage = query('space.hostUsageHistory', {
  permission: 'read',
  reach: 'everything',
  summary: 'List what a host has held, newest first',
  input: object({ ...host, ...paging }),
  output: HostUsagePage,
  async run({ ports }, { host, limit = 50, cursor }) {
    await requireHost(ports.db, host);
    return await store.listHostUsage(ports.db, host, limit, cursor);
  },
});

export const getHostStorage = query('space.hostStorage', {
  permission: 'read',
  reach: 'anything',
  summary: 'Read what the storage of a host is, and whether it is as it should be',
  description:
    'The storage driver, the file system and the disk below the engine, the room that is left there, and what the rules about hosts say of it. Like the host itself it is shown to everybody with a role.',
  input: object(host),
  output: HostStorage,
  async run({ ports }, { host }) {
    const found = await findStorage(ports.db, host);
    const around = await loadSurroundings(ports.db, ports.config, host);
    if (found === null || around === null) throw hostNotFound(host);
    const broken = judge({ containers: [], volumes: [] }, around, ports.config.policy.rules);
    return { host, ...found, ...judgeStorage(found.storageDriver, found.storage, broken) };
  },
});

export const getVolumeUsage = query('space.volumeUsage', {
  permission: 'read',
  reach: sharedVolumeTarget,
  summary: 'Read what a volume takes, how it grows, and how long there is room for it',
  description: 'With its measurements, newest first, page by page.',
  input: object({ ...host, name: VolumeName, ...paging }),
  output: VolumeSpace,
  async run({ ports }, { host, name, limit = 50, cursor }) {
    const volume = await findVolume(ports.db, host, name);
    const row = await store.volumeSpaceRow(ports.db, host, name);
    if (volume === null || row === null) throw volumeTarget.absent({ host, name });
    const [slopes] = await store.slopesOf(ports.db, 'all', [`${host}/${name}`]);
    const growth = slopes === undefined ? null : toGrowth(slopes);
    const { usage } = volume;
    const { error, fileSystem, createdAt: since } = row;
    const address = { hostName: host, volumeName: name, since };
    const history = await store.listVolumeSamples(ports.db, address, limit, cursor);
    return {
      host,
      volume: name,
      usage,
      error,
      fileSystem,
      growth,
      daysUntilFull: daysUntilFull(growth, fileSystem),
      history,
    };
  },
});

const reportInput = {
  groupBy: T.Optional(ReportGrouping),
  host: T.Optional(HostName),
  project: T.Optional(ProjectName),
  environment: T.Optional(EnvironmentName),
  class: T.Optional(DataClass),
  driver: T.Optional(T.String({ minLength: 1, maxLength: 255 })),
};

export const getUsageReport = query('space.usageReport', {
  permission: 'read',
  reach: 'anything',
  summary: 'Report what volumes take',
  description:
    'Of all volumes that the caller may see and that fit all filters, by group, the largest first. Groups are volumes when `groupBy` is not given.',
  input: object({ ...reportInput, ...paging }),
  output: UsageReport,
  async run({ ports, scope }, { groupBy = 'volume', limit = 50, cursor, ...filter }) {
    if (filter.host !== undefined) await requireHost(ports.db, filter.host);
    const page = await reportRows(ports.db, scope, groupBy, filter, { order: 'largest', limit, cursor });
    return { groupBy, totals: await reportTotals(ports.db, scope, filter), ...page };
  },
});

export const downloadUsageReport = query('space.usageReportFile', {
  permission: 'read',
  reach: 'anything',
  summary: 'Download what volumes take',
  description:
    'The report with all its rows, by group, as JSON or as CSV (RFC 4180). A text that a spreadsheet would run as a formula begins with an apostrophe there.',
  input: object({ ...reportInput, format: T.Optional(ReportFormat) }),
  output: Download,
  async run({ ports, scope }, { groupBy = 'volume', format = 'json', ...filter }) {
    if (filter.host !== undefined) await requireHost(ports.db, filter.host);
    return reportFile(ports.db, scope, { groupBy, format, filter });
  },
});

export const growthOfVolumes = query('space.growthOfVolumes', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'How it grows; null while too few measurements tell.',
  input: object({ volumes: T.Array(T.String(), { maxItems: 1000, description: '`host/name`' }) }),
  output: T.Array(VolumeGrowth),
  async run({ ports, scope }, { volumes }) {
    const slopes = await store.slopesOf(ports.db, scope, volumes);
    return slopes.map(toGrowth).filter((growth) => growth !== null);
  },
});

export const usageOfHosts = query('space.usageOfHosts', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'What it holds, from the newest measurement; null before the first one, and without a role on everything.',
  input: object({ hosts: T.Array(HostName, { maxItems: 100 }) }),
  output: T.Array(HostUsage),
  run: async ({ ports, scope }, { hosts }) => (scope === 'all' ? await store.newestHostUsages(ports.db, hosts) : []),
});
