import { projectOfAll } from '../access/roles.ts';
import { Prisma, type Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { composeLabels } from '../hosts/read.ts';
import { type Candidate, composeProjectsOf, exclusionOf, loadCandidates } from '../policies/read.ts';

/** A Compose project on a host, with the volumes that are backed up as one. */
export interface ComposeGroup {
  /** The project of all its volumes; null where they have none, or several. */
  readonly project: string | null;
  readonly volumes: readonly Pick<Candidate, 'name' | 'project'>[];
}

/**
 * The named volumes that a Compose project made, and those of the same project of ours that its containers have mounted;
 * without those that say `stowage.backup=off`, and those that hold a repository. Null when there is none.
 */
export async function findGroup(db: Reader, host: string, composeProject: string): Promise<ComposeGroup | null> {
  const isOfProject = Prisma.sql`(v.labels->>${composeLabels.project} = ${composeProject} or exists (
    select 1 from mounts m join containers c on c.host = m.host and c.id = m.container_id
    where m.volume_id = v.id and c.compose_project = ${composeProject}))`;
  const candidates = await loadCandidates(db, [Prisma.sql`v.host = ${host} and v.kind = 'named'`, isOfProject]);
  const volumes = candidates
    .filter((one) => composeProjectsOf(one).includes(composeProject) && exclusionOf(one) === null)
    .map(({ name, project }) => ({ name, project }));
  if (volumes.length === 0) return null;
  return { project: projectOfAll(volumes), volumes };
}

/** Throws `compose_project_not_found`. */
export async function requireGroup(db: Reader, host: string, composeProject: string): Promise<ComposeGroup> {
  const group = await findGroup(db, host, composeProject);
  if (group === null) throw noGroup(host, composeProject);
  return group;
}

/** The failure for a Compose project without a volume to be backed up. */
export function noGroup(host: string, composeProject: string) {
  return fail(
    'compose_project_not_found',
    `No volume on host "${host}" belongs to the Compose project "${composeProject}" and may be backed up.`,
  );
}
