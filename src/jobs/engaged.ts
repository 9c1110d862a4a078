import Value from 'typebox/value';
import { Prisma, type Reader } from '../database/client.ts';
import { T } from '../schema.ts';
import type { JobKind } from './model.ts';
import { RestartNote } from './restart-note.ts';

const ofGroups = ['group_backup', 'group_restore'] satisfies JobKind[];
const GroupInput = T.Object({ volumes: T.Array(T.Object({ name: T.String() })) });

/** Jobs that work on these volumes of a host or wait to, by volume: kind and id of each, in words. */
export async function jobsOnVolumes(
  db: Reader,
  host: string,
  names: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await db.job.findMany({
    where: {
      hostName: host,
      state: { in: ['queued', 'running'] },
      OR: [{ volumeName: { in: [...names] } }, { kind: { in: [...ofGroups] } }],
    },
    select: { id: true, kind: true, state: true, volumeName: true, input: true },
    orderBy: { createdAt: 'asc' },
  });
  const wanted = new Set(names);
  const pairs = rows.flatMap(({ id, kind, state, volumeName, input }) =>
    volumesOf(volumeName, input)
      .filter((name) => wanted.has(name))
      .map((name) => ({ name, words: `${kind} ${id} (${state})` })),
  );
  const byVolume = Map.groupBy(pairs, ({ name }) => name);
  return new Map([...byVolume].map(([name, jobs]) => [name, jobs.map(({ words }) => words)]));
}

/** The job of a group names no volume; its input names all of them. */
function volumesOf(volume: string | null, input: unknown): string[] {
  if (volume !== null) return [volume];
  return Value.Check(GroupInput, input) ? input.volumes.map(({ name }) => name) : [];
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
