import type { Database, Transaction } from '../database/client.ts';
import type { CataloguedSnapshot } from './catalogue-of.ts';
import { heldColumns } from './held-content.ts';

const chunk = 500;

/**
 * Makes the catalogue of a repository agree with what the repository tells. What was recorded since `listedAt` may not
 * have been in the list yet, and stays. A snapshot that does not name its project has that of its volume, if it is there.
 */
export async function syncSnapshots(
  db: Database,
  repositoryId: string,
  listed: readonly CataloguedSnapshot[],
  listedAt: Date,
): Promise<{ added: number; removed: number }> {
  const projects = await projectsOfVolumes(db);
  return await db.$transaction(
    async (tx) => {
      let added = 0;
      for (let start = 0; start < listed.length; start += chunk)
        added += await addMissing(tx, repositoryId, listed.slice(start, start + chunk), projects);
      const gone = await goneFrom(tx, repositoryId, new Set(listed.map(({ id }) => id)), listedAt);
      for (let start = 0; start < gone.length; start += chunk)
        await tx.snapshot.deleteMany({ where: { repositoryId, id: { in: gone.slice(start, start + chunk) } } });
      return { added, removed: gone.length };
    },
    { timeout: 120_000 },
  );
}

async function addMissing(
  tx: Transaction,
  repositoryId: string,
  listed: readonly CataloguedSnapshot[],
  projects: ReadonlyMap<string, string | null>,
): Promise<number> {
  const data = listed.map(
    ({ host, volume, original, project, paths, dump, image, configuration, server, ...rest }) => ({
      ...rest,
      repositoryId,
      hostName: host,
      volumeName: volume,
      originalId: original,
      ...heldColumns({ dump, image, configuration, server }),
      paths: [...paths],
      project: project === undefined ? (projects.get(`${host}/${volume}`) ?? null) : project,
    }),
  );
  const { count } = await tx.snapshot.createMany({ data, skipDuplicates: true });
  return count;
}

async function goneFrom(
  tx: Transaction,
  repositoryId: string,
  present: ReadonlySet<string>,
  listedAt: Date,
): Promise<string[]> {
  const rows = await tx.snapshot.findMany({
    where: { repositoryId, recordedAt: { lt: listedAt } },
    select: { id: true },
  });
  return rows.map(({ id }) => id).filter((id) => !present.has(id));
}

async function projectsOfVolumes(db: Database): Promise<Map<string, string | null>> {
  const rows = await db.volume.findMany({ select: { hostName: true, name: true, project: true } });
  return new Map(rows.map(({ hostName, name, project }) => [`${hostName}/${name}`, project]));
}
