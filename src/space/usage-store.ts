import { Compile } from 'typebox/compile';
import type { ProjectScope } from '../access/roles.ts';
import { Prisma, type Reader } from '../database/client.ts';
import { keysByHost } from '../hosts/read.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { growthDays, type Slopes } from './growth.ts';
import { HostSpace, type HostUsage, VolumeFileSystem, type VolumeSample } from './model.ts';

const hostSpace = Compile(HostSpace);
const fileSystem = Compile(VolumeFileSystem);

/** The newest sample of a host, or null. */
export async function newestHostUsage(db: Reader, host: string): Promise<HostUsage | null> {
  const [newest] = (await listHostUsage(db, host, 1)).items;
  return newest ?? null;
}

/** The newest sample of each of these hosts that has one. */
export async function newestHostUsages(db: Reader, hosts: readonly string[]): Promise<HostUsage[]> {
  const rows = await db.$queryRaw<HostSampleRow[]>`
    select newest.* from unnest(${[...hosts]}::text[]) as wanted(host)
    cross join lateral (
      select host as "hostName", at, space from host_samples where host_samples.host = wanted.host order by at desc limit 1
    ) newest`;
  return rows.map(toHostUsage);
}

/** Samples of a host, newest first. */
export async function listHostUsage(
  db: Reader,
  hostName: string,
  limit: number,
  cursor?: string,
): Promise<Page<HostUsage>> {
  const where = { hostName, ...before(cursor, hostName) };
  const rows = await db.hostSample.findMany({ where, orderBy: { at: 'desc' }, take: limit + 1 });
  return toPage(rows, limit, ({ at }) => [at.toISOString(), hostName], toHostUsage);
}

/** Samples of a volume, newest first. Those of an earlier volume of its name are not among them. */
export async function listVolumeSamples(
  db: Reader,
  { hostName, volumeName, since }: { hostName: string; volumeName: string; since: Date | null },
  limit: number,
  cursor?: string,
): Promise<Page<VolumeSample>> {
  const rows = await db.volumeSample.findMany({
    where: {
      AND: [{ hostName, volumeName }, since === null ? {} : { at: { gte: since } }, before(cursor, volumeName)],
    },
    orderBy: { at: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, ({ at }) => [at.toISOString(), volumeName], toVolumeSample);
}

/** What the row of a volume says besides its usage. */
export async function volumeSpaceRow(db: Reader, hostName: string, name: string) {
  const row = await db.volume.findUnique({
    where: { hostName_name: { hostName, name } },
    select: { usageError: true, fileSystem: true, createdAt: true },
  });
  if (row === null) return null;
  const known: unknown = row.fileSystem;
  return { error: row.usageError, createdAt: row.createdAt, fileSystem: fileSystem.Check(known) ? known : null };
}

/** The lines through the newest samples of these volumes (`host/name`), of those that the caller may see and that have any. */
export async function slopesOf(db: Reader, scope: ProjectScope, addresses: readonly string[]): Promise<Slopes[]> {
  const visible = scope === 'all' ? Prisma.empty : Prisma.sql`and volumes.project = any(${[...scope]}::text[])`;
  const wanted = keysByHost(addresses).flatMap(({ hostName, keys }) => keys.map((name) => ({ host: hostName, name })));
  return await db.$queryRaw<Slopes[]>`
    select volumes.host, volumes.name as volume, ${slopeColumns}
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted(host text, name text)
    join volumes on volumes.host = wanted.host and volumes.name = wanted.name ${visible}
    ${joinSamples} group by volumes.host, volumes.name`;
}

const slopeColumns = Prisma.sql`min(sample.at) as since, max(sample.at) as until,
  regr_slope(sample.bytes, extract(epoch from sample.at)) as bytes,
  regr_slope(sample.allocated_bytes, extract(epoch from sample.at)) as "allocatedBytes",
  regr_slope(sample.files, extract(epoch from sample.at)) as files,
  regr_slope(sample.inodes, extract(epoch from sample.at)) as inodes`;

/** A volume that was made anew under an old name has not grown since then. Docker tells the time of its making in whole seconds. */
export const joinSamples = Prisma.sql`join volume_samples sample on sample.host = volumes.host and sample.volume = volumes.name
  and sample.at > now() - make_interval(days => ${Prisma.raw(String(growthDays))}) and sample.at >= coalesce(volumes.created_at, '-infinity')`;

function before(cursor: string | undefined, id: string): { at?: { lt: Date } } {
  if (cursor === undefined) return {};
  return { at: { lt: decodeTimeCursor(cursor, exactly(id)).at } };
}

/** The cursor of another host or volume is none of this list. */
function exactly(id: string): RegExp {
  return new RegExp(`^${RegExp.escape(id)}$`);
}

interface HostSampleRow {
  readonly hostName: string;
  readonly at: Date;
  readonly space: unknown;
}

function toHostUsage({ hostName, at, space }: HostSampleRow): HostUsage {
  if (!hostSpace.Check(space)) throw new Error(`The sample of host ${hostName} at ${at.toISOString()} cannot be read.`);
  return { host: hostName, measuredAt: at.toISOString(), ...space };
}

function toVolumeSample(row: {
  at: Date;
  bytes: bigint;
  allocatedBytes: bigint;
  files: bigint;
  inodes: bigint;
}): VolumeSample {
  return {
    measuredAt: row.at.toISOString(),
    bytes: Number(row.bytes),
    allocatedBytes: Number(row.allocatedBytes),
    files: Number(row.files),
    inodes: Number(row.inodes),
  };
}
