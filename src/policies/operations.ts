import { administeredProject } from '../access/read.ts';
import { Consistency, NewBackupHooks } from '../backups/model.ts';
import { fail } from '../errors.ts';
import { command, query, type Target } from '../operation.ts';
import { RepositoryAddress } from '../repositories/model.ts';
import { NewSchedule } from '../schedule.ts';
import { expectedVersion, nullable, object, ProjectName, paging, T } from '../schema.ts';
import { create, edit } from './change.ts';
import {
  CompletionWindowSeconds,
  JitterSeconds,
  NewPolicySelector,
  Policy,
  PolicyConfiguration,
  PolicyName,
  PolicyPage,
  PolicyRun,
  RpoSeconds,
  RtoSeconds,
  StartWindowSeconds,
} from './model.ts';
import { NewRetention } from './retention.ts';
import { runNow } from './run-policy.ts';
import * as store from './store.ts';

const address = { policy: T.String({ minLength: 1, maxLength: 64, description: 'Name or id of the policy.' }) };

const policyTarget: Target<{ policy: string }> = {
  find: ({ ports }, { policy }) => store.findPolicyRow(ports.db, policy),
  absent: ({ policy }) => fail('policy_not_found', `There is no policy "${policy}".`),
};

export const listPolicies = query('policies.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List backup policies by name',
  input: object({ project: T.Optional(ProjectName), ...paging }),
  output: PolicyPage,
  run: ({ ports, scope }, { project, limit = 50, cursor }) =>
    store.listPolicies(ports.db, scope, project, limit, cursor),
});

export const getPolicy = query('policies.get', {
  permission: 'read',
  reach: policyTarget,
  summary: 'Read a backup policy',
  input: object(address),
  output: Policy,
  run: async ({ ports }, input) => store.toPolicy(await found(ports.db, input)),
});

const RepositoryChoice = T.String({
  minLength: 1,
  maxLength: 64,
  description: 'Name or id of the repository; null or absent: the default one.',
});
const settings = {
  description: T.Optional(T.String({ maxLength: 1024 })),
  isEnabled: T.Optional(T.Boolean()),
  selector: T.Optional(NewPolicySelector),
  jitterSeconds: T.Optional(JitterSeconds),
  repository: T.Optional(nullable(RepositoryChoice)),
  copyTo: T.Optional(
    nullable(
      T.Array(RepositoryAddress, {
        maxItems: 8,
        description: 'Repositories that each backup is copied to; null or absent: those that the repository names.',
      }),
    ),
  ),
  keep: T.Optional(nullable(NewRetention)),
  rpoSeconds: T.Optional(nullable(RpoSeconds)),
  rtoSeconds: T.Optional(nullable(RtoSeconds)),
  consistency: T.Optional(Consistency),
  hooks: T.Optional(NewBackupHooks),
  configuration: T.Optional(PolicyConfiguration),
  startWindowSeconds: T.Optional(nullable(StartWindowSeconds)),
  completionWindowSeconds: T.Optional(nullable(CompletionWindowSeconds)),
};

export const createPolicy = command('policies.create', {
  permission: 'administer',
  reach: administeredProject,
  summary: 'Back volumes up by a schedule',
  description:
    'The volumes that the selector chooses at the time of each run, of one project or of all; one that is new is covered with the next run. What is not given (`keep`, `rpoSeconds`, `rtoSeconds`) is that of the class of each volume. Of runs that were missed, one is caught up.',
  input: object({
    name: PolicyName,
    project: T.Optional(ProjectName),
    schedule: NewSchedule,
    ...settings,
  }),
  output: Policy,
  run: (context, input) => create(context, input),
});

export const updatePolicy = command('policies.update', {
  permission: 'administer',
  reach: policyTarget,
  summary: 'Edit, disable or enable a backup policy',
  input: object({
    ...address,
    name: T.Optional(PolicyName),
    schedule: T.Optional(NewSchedule),
    ...settings,
    expectedVersion,
  }),
  output: Policy,
  async run(context, { policy, expectedVersion: version, ...patch }) {
    return await edit(context, await found(context.ports.db, { policy }, version), patch);
  },
});

export const deletePolicy = command('policies.delete', {
  permission: 'administer',
  reach: policyTarget,
  summary: 'Delete a backup policy',
  description: 'Its snapshots stay; they are kept as the policies that cover the volume then, or its class, say.',
  input: object({ ...address, expectedVersion }),
  output: Policy,
  async run({ ports }, { policy, expectedVersion: version }) {
    const row = await found(ports.db, { policy }, version);
    await store.deletePolicy(ports.db, row);
    return store.toPolicy(row);
  },
});

export const runPolicy = command('policies.run', {
  permission: 'operate',
  reach: policyTarget,
  summary: 'Back up all volumes of a policy now',
  description:
    'As its schedule would; also when it is disabled. A volume whose last backup by this policy is still under way is left.',
  input: object(address),
  output: PolicyRun,
  run: async (context, input) => runNow(context, await found(context.ports.db, input)),
});

async function found(db: Parameters<typeof store.findPolicyRow>[0], input: { policy: string }, version?: number) {
  const row = await store.findPolicyRow(db, input.policy);
  if (row === null) throw policyTarget.absent(input);
  if (version !== undefined && row.version !== version) throw store.outdated(row.name);
  return row;
}
