import { reaches } from '../access/roles.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { attributesOf } from '../hosts/read.ts';
import type { DataClass, Volume } from './model.ts';
import { volumeTarget } from './read.ts';
import { showVolume } from './show-volume.ts';
import { assignAttributes, findVolume, findVolumeRow, type NewAttributes } from './store.ts';

export interface Assignment {
  readonly host: string;
  readonly name: string;
  /** Null takes back what was assigned; absent leaves it. */
  readonly project?: string | null;
  readonly environment?: string | null;
  readonly class?: DataClass | null;
  readonly expectedVersion?: number;
}

type VolumeRow = NonNullable<Awaited<ReturnType<typeof findVolumeRow>>>;

/** Assigns a volume to a project, environment or class. Throws `version_mismatch`, and `forbidden` when the caller may not take it into that project. */
export async function assign(
  { ports, scope }: AdmittedContext,
  { host, name, expectedVersion, ...wishes }: Assignment,
): Promise<Volume> {
  const row = await findVolumeRow(ports.db, host, name);
  if (row === null) throw volumeTarget.absent({ host, name });
  if (expectedVersion !== undefined && expectedVersion !== row.version) throw changed(name, row.version);
  const attributes = newAttributes(row, wishes);
  // The project of the row is asked again: it may have changed after the caller was let in.
  for (const project of [row.project, attributes.project])
    if (!reaches(scope, project))
      throw fail(
        'forbidden',
        `You may not take volume "${name}" ${project === row.project ? 'out of its project' : `into ${projectText(project)}`}.`,
      );
  if (!(await assignAttributes(ports.db, row, attributes))) throw changed(name, row.version + 1);
  const volume = await findVolume(ports.db, host, name);
  if (volume === null) throw volumeTarget.absent({ host, name });
  return showVolume(volume, ports.config.naming);
}

function newAttributes(row: VolumeRow, wishes: Pick<Assignment, 'project' | 'environment' | 'class'>): NewAttributes {
  // Written by the inventory, from Docker's labels.
  const labelled = attributesOf(row.labels as Record<string, string>);
  const {
    project = row.assignedProject,
    environment = row.assignedEnvironment,
    class: dataClass = row.assignedClass,
  } = wishes;
  return {
    assignedProject: project,
    assignedEnvironment: environment,
    assignedClass: dataClass,
    project: project ?? labelled.project,
    environment: environment ?? labelled.environment,
    class: dataClass ?? labelled.class,
  };
}

function projectText(project: string | null): string {
  return project === null ? 'no project at all; that asks for a role on everything' : `project "${project}"`;
}

function changed(name: string, version: number) {
  return fail('version_mismatch', `Volume "${name}" has changed meanwhile (version ${version}); read it again.`);
}
