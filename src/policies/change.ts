import type { Consistency, NewBackupHook } from '../backups/model.ts';
import { hookFrom, requireHooksFit } from '../backups/read.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { resolveRepository } from '../repositories/read.ts';
import { type NewSchedule, requireSchedule, scheduleFrom } from '../schedule.ts';
import type { NewPolicySelector, Policy, PolicyConfiguration } from './model.ts';
import { type NewRetention, requireRetention, retentionFrom } from './retention.ts';
import * as store from './store.ts';

interface Wish {
  readonly name?: string;
  readonly description?: string;
  readonly isEnabled?: boolean;
  readonly selector?: NewPolicySelector;
  readonly schedule?: NewSchedule;
  readonly jitterSeconds?: number;
  /** Names or ids. */
  readonly repository?: string | null;
  readonly copyTo?: readonly string[] | null;
  readonly keep?: NewRetention | null;
  readonly rpoSeconds?: number | null;
  readonly rtoSeconds?: number | null;
  readonly consistency?: Consistency;
  readonly hooks?: readonly NewBackupHook[];
  readonly configuration?: PolicyConfiguration;
  readonly startWindowSeconds?: number | null;
  readonly completionWindowSeconds?: number | null;
}

const unset = {
  description: '',
  isEnabled: true,
  selector: {},
  jitterSeconds: 0,
  repositoryId: null,
  copyTo: null,
  keep: null,
  rpoSeconds: null,
  rtoSeconds: null,
  consistency: 'live',
  hooks: [],
  configuration: 'none',
  startWindowSeconds: null,
  completionWindowSeconds: null,
} as const;

/** Makes a policy. Throws `invalid_input`, `repository_not_found` and `policy_exists`. */
export async function create(
  context: AdmittedContext,
  { project, name, schedule: given, ...wish }: Wish & { name: string; schedule: NewSchedule; project?: string },
): Promise<Policy> {
  const { ports, onceId, actor } = context;
  const schedule = scheduleFrom(given);
  const settings = await settingsOf(context, wish, { ...unset, project: project ?? null });
  return await store.createPolicy(ports.db, {
    ...unset,
    ...settings,
    name,
    schedule,
    nextRunAt: requireSchedule(schedule),
    id: onceId,
    project: project ?? null,
    createdBy: actor.subject,
  });
}

/** Edits a policy. One that is enabled again, or that has another schedule, goes on with the next time from now. Throws as {@link create}, and `version_mismatch`. */
export async function edit(context: AdmittedContext, row: store.PolicyRow, wish: Wish): Promise<Policy> {
  const before = store.toPolicy(row);
  const settings = await settingsOf(context, wish, before);
  const schedule = settings.schedule ?? before.schedule;
  const startsAnew = wish.schedule !== undefined || (wish.isEnabled === true && !row.isEnabled);
  const next = startsAnew ? { nextRunAt: requireSchedule(schedule) } : {};
  return await store.editPolicy(context.ports.db, row, { ...settings, ...next });
}

/** What is given, as it is written down; `before` is what it is added to. */
async function settingsOf(
  { ports }: AdmittedContext,
  { repository, copyTo, keep, schedule, hooks, ...plain }: Wish,
  before: Pick<Policy, 'consistency' | 'hooks' | 'project'> | (typeof unset & { readonly project: string | null }),
) {
  const consistency = plain.consistency ?? before.consistency;
  requireHooksFit(consistency, hooks ?? before.hooks);
  if (plain.configuration === 'definitions_and_images') requireAllProjects(before.project);
  if (keep != null) requireRetention(keep);
  const idOf = async (name: string) => (await resolveRepository(ports.db, name)).id;
  return {
    ...plain,
    ...(hooks === undefined ? {} : { hooks: hooks.map(hookFrom) }),
    ...(schedule === undefined ? {} : { schedule: scheduleFrom(schedule) }),
    ...(keep === undefined ? {} : { keep: keep === null ? null : retentionFrom(keep) }),
    ...(repository === undefined ? {} : { repositoryId: repository === null ? null : await idOf(repository) }),
    ...(copyTo === undefined ? {} : { copyTo: copyTo === null ? null : await Promise.all(copyTo.map(idOf)) }),
  };
}

/** An image belongs to no project: it may hold what is of another. */
function requireAllProjects(project: string | null): void {
  if (project === null) return;
  throw fail('invalid_input', {
    detail: `A policy of project "${project}" keeps no images, which belong to no project; give "definitions", or make it a policy of all projects.`,
    errors: [{ path: '/configuration', rule: 'project', message: 'keeps images, which belong to no project' }],
  });
}
