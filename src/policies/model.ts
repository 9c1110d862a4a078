import { BackupHook, Consistency } from '../backups/model.ts';
import { Schedule } from '../schedule.ts';
import {
  DateTime,
  HostName,
  nullable,
  object,
  ProjectName,
  page,
  type Static,
  T,
  Uuid,
  Version,
  words,
} from '../schema.ts';
import { DataClass, EnvironmentName } from '../volumes/model.ts';
import { Retention } from './retention.ts';

const longest = 2 ** 31 - 1;

export const RpoSeconds = T.Integer({
  minimum: 60,
  maximum: longest,
  description: 'Recovery point objective: how old the newest good backup may get, in seconds.',
});
export const RtoSeconds = T.Integer({
  minimum: 1,
  maximum: longest,
  description: 'Recovery time objective: how long a restore may take, in seconds.',
});

export const DataClassSettings = object(
  {
    name: DataClass,
    description: T.String(),
    rpoSeconds: nullable(RpoSeconds),
    rtoSeconds: nullable(RtoSeconds),
    schedule: nullable(Schedule),
    keep: Retention,
    lastRunAt: nullable(DateTime),
    nextRunAt: nullable(DateTime),
    version: Version,
  },
  {
    $id: 'DataClassSettings',
    description:
      'What volumes of a class are promised. Those that no policy covers are backed up by its schedule into the default repository; null: they are not.',
  },
);
export type DataClassSettings = Static<typeof DataClassSettings>;
export const DataClassList = object(
  { items: T.Array(DataClassSettings) },
  { $id: 'DataClassList', description: 'All classes, the most precious first.' },
);

const Label = T.String({ minLength: 1, maxLength: 512, description: '`key` or `key=value`.' });
const some = { minItems: 1, maxItems: 100 };

const choices = {
  hosts: T.Array(HostName, some),
  environments: T.Array(EnvironmentName, some),
  classes: T.Array(DataClass, some),
  composeProjects: T.Array(T.String({ minLength: 1, maxLength: 255 }), {
    ...some,
    description: 'Compose projects that made the volume, or a container that has it mounted.',
  }),
  labels: T.Array(Label, { ...some, description: 'Labels of the volume; all of them.' }),
  names: T.Array(T.String({ minLength: 1, maxLength: 255 }), {
    ...some,
    description: 'Patterns of the name: `*` stands for any text, `?` for one character.',
    examples: [['shop-*']],
  }),
};
const selecting =
  'Which volumes: those that meet all that is given, each by any of its values. Without any of it all named volumes that the policy reaches.';
const anonymous = T.Boolean({ description: 'Anonymous volumes as well.' });

export const PolicySelector = object(
  {
    hosts: nullable(choices.hosts),
    environments: nullable(choices.environments),
    classes: nullable(choices.classes),
    composeProjects: nullable(choices.composeProjects),
    labels: nullable(choices.labels),
    names: nullable(choices.names),
    anonymous,
  },
  {
    $id: 'PolicySelector',
    description: selecting,
  },
);
export type PolicySelector = Static<typeof PolicySelector>;

export const NewPolicySelector = T.Partial(object({ ...choices, anonymous }), {
  additionalProperties: false,
  $id: 'NewPolicySelector',
  description: selecting,
});
export type NewPolicySelector = Static<typeof NewPolicySelector>;

export const PolicyName = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-z0-9][a-z0-9_.-]*$',
  description: 'Name of a policy; the label `stowage.policy` names it.',
  examples: ['nightly'],
});

export const JitterSeconds = T.Integer({
  minimum: 0,
  maximum: 86_400,
  description:
    'Each volume begins so many seconds later at most, always by the same time, so that not all begin at once.',
});

export const StartWindowSeconds = T.Integer({
  minimum: 60,
  maximum: longest,
  description: 'A backup that could not begin so long after it was due fails; null: it waits.',
});
export const CompletionWindowSeconds = T.Integer({
  minimum: 60,
  maximum: longest,
  description: 'A backup that has not ended so long after its start is ended, and has failed; null: it goes on.',
});

export const PolicyConfiguration = words(
  'PolicyConfiguration',
  ['none', 'definitions', 'definitions_and_images'],
  'What else is kept of the Compose projects whose volumes are backed up: nothing, the definitions of their containers, networks and volumes, or their images as well. Only a policy of all projects keeps images, and Compose files.',
);
export type PolicyConfiguration = Static<typeof PolicyConfiguration>;

export const Policy = object(
  {
    id: Uuid,
    name: PolicyName,
    description: T.String(),
    project: nullable(ProjectName),
    isEnabled: T.Boolean(),
    selector: PolicySelector,
    schedule: Schedule,
    jitterSeconds: JitterSeconds,
    repositoryId: nullable(Uuid),
    copyTo: nullable(
      T.Array(Uuid, {
        description: 'Repositories that each backup is copied to; null: those that the repository names.',
      }),
    ),
    keep: nullable(Retention),
    rpoSeconds: nullable(RpoSeconds),
    rtoSeconds: nullable(RtoSeconds),
    consistency: Consistency,
    hooks: T.Array(BackupHook),
    configuration: PolicyConfiguration,
    startWindowSeconds: nullable(StartWindowSeconds),
    completionWindowSeconds: nullable(CompletionWindowSeconds),
    lastRunAt: nullable(DateTime),
    nextRunAt: nullable(DateTime),
    createdBy: T.String(),
    createdAt: DateTime,
    version: Version,
  },
  {
    $id: 'Policy',
    description: 'Which volumes are backed up, when, where to, and how long that is kept.',
  },
);
export type Policy = Static<typeof Policy>;
export const PolicyPage = page(Policy, 'Policy');

export const PolicyRun = object(
  {
    policy: PolicyName,
    jobs: T.Array(Uuid, { description: 'The backups that were asked for.' }),
    skipped: T.Array(T.String(), { description: 'What was left, as `host/volume: reason`.' }),
  },
  { $id: 'PolicyRun', description: 'What a run of a policy has asked for.' },
);
export type PolicyRun = Static<typeof PolicyRun>;

export const CoverKind = words('CoverKind', ['policy', 'class'], 'What covers a volume: a policy, or its class.');
