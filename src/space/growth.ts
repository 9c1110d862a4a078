import type { VolumeFileSystem, VolumeGrowth } from './model.ts';

/** Growth is told of measurements that are at least so far apart. */
export const shortestSpanHours = 1;
/** Measurements that are older say nothing about how it grows now. */
export const growthDays = 14;

/** The lines through the measurements of a volume, in units a second. */
export interface Slopes {
  readonly host: string;
  readonly volume: string;
  readonly since: Date;
  readonly until: Date;
  readonly bytes: number | null;
  readonly allocatedBytes: number | null;
  readonly files: number | null;
  readonly inodes: number | null;
}

const daySeconds = 86_400;

/** Growth a day, in whole units; null with fewer than two measurements that are far enough apart. */
export function toGrowth({ host, volume, since, until, ...slopes }: Slopes): VolumeGrowth | null {
  if (until.getTime() - since.getTime() < shortestSpanHours * 3_600_000) return null;
  const perDay = (slope: number | null) => Math.round((slope ?? 0) * daySeconds) + 0;
  return {
    host,
    volume,
    since: since.toISOString(),
    bytesPerDay: perDay(slopes.bytes),
    allocatedBytesPerDay: perDay(slopes.allocatedBytes),
    filesPerDay: perDay(slopes.files),
    inodesPerDay: perDay(slopes.inodes),
  };
}

/**
 * Days until the file system has no bytes or no inodes left, whichever is first, if nothing but this volume grows; null
 * when it does not grow. A file system that makes inodes as it needs them never lacks any.
 */
export function daysUntilFull(
  growth: Pick<VolumeGrowth, 'allocatedBytesPerDay' | 'inodesPerDay'> | null,
  fileSystem: Omit<VolumeFileSystem, 'type' | 'totalBytes'> | null,
): number | null {
  if (growth === null || fileSystem === null) return null;
  const { freeBytes, totalInodes, freeInodes } = fileSystem;
  const ends = [
    daysFor(freeBytes, growth.allocatedBytesPerDay),
    totalInodes === 0 ? null : daysFor(freeInodes, growth.inodesPerDay),
  ].filter((days) => days !== null);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** To a tenth of a day. */
function daysFor(free: number, perDay: number): number | null {
  return perDay <= 0 ? null : Math.round((free / perDay) * 10) / 10;
}
