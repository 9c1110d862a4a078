import { projectOfAll } from '../access/roles.ts';
import type { Reader } from '../database/client.ts';

/** The project that all containers of a Compose project are of (null where they are of several, or none); null when there are no containers. */
export async function findComposeProject(
  db: Reader,
  hostName: string,
  composeProject: string,
): Promise<{ readonly project: string | null } | null> {
  const rows = await db.container.findMany({ where: { hostName, composeProject }, select: { project: true } });
  return rows.length === 0 ? null : { project: projectOfAll(rows) };
}
