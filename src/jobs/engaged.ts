import Value from 'typebox/value';
import { Prisma, type Reader } from '../database/client.ts';
import { RestartNote } from './restart-note.ts';

/** Jobs that work on these volumes of a host or wait to, by volume: kind and id of each, in words. */
export async function jobsOnVolumes(
  db: Reader,
  host: string,
  names: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await db.job.findMany({
    where: { hostName: host, volumeName: { in: [...names] }, state: { in: ['queued', 'running'] } },
    select: { id: true, kind: true, state: true, volumeName: true },
    orderBy: { createdAt: 'asc' },
  });
  const byVolume = Map.groupBy(rows, ({ volumeName }) => volumeName ?? '');
  return new Map(
    [...byVolume].map(([name, jobs]) => [name, jobs.map(({ id, kind, state }) => `${kind} ${id} (${state})`)]),
  );
}

/** Containers of a host that a job has stopped and that will be started again: id of the job, by id of the container. */
export async function containersToRestart(db: Reader, host: string): Promise<Map<string, string>> {
  const where = { hostName: host, NOT: { restartNote: { equals: Prisma.DbNull } } };
  const rows = await db.job.findMany({ where, select: { id: true, restartNote: true } });
  return new Map(
    rows.flatMap(({ id: job, restartNote }) =>
      Value.Parse(RestartNote, restartNote).containers.map(({ id }) => [id, job] as const),
    ),
  );
}
