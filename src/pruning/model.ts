import {
  Bytes,
  DateTime,
  HostName,
  nullable,
  object,
  ProjectName,
  page,
  type Static,
  T,
  Uuid,
  words,
} from '../schema.ts';

export const PruneKind = words(
  'PruneKind',
  ['container', 'network', 'image', 'volume', 'build_cache'],
  'What a clean-up can remove.',
);
export type PruneKind = Static<typeof PruneKind>;

export const PruneAction = words('PruneAction', ['remove', 'keep'], 'What a plan does with an object.');
export type PruneAction = Static<typeof PruneAction>;

const Label = T.String({ minLength: 1, maxLength: 512 });
const labels = {
  label: T.Optional(
    T.Array(Label, { maxItems: 20, description: 'Only with these labels: `key` or `key=value`, each.' }),
  ),
  notLabel: T.Optional(T.Array(Label, { maxItems: 20, description: 'Only without any of these labels.' })),
};
const until = T.Optional(
  T.String({
    minLength: 1,
    maxLength: 64,
    description: 'Only what was made before: a time (RFC 3339), or a duration before now such as `24h` or `1h30m`.',
  }),
);
const compose = T.Optional(
  T.Boolean({ default: false, description: 'Also what Docker Compose made: a stack that is stopped needs it again.' }),
);

const PruneContainers = object(
  { until, ...labels, compose },
  {
    $id: 'PruneContainers',
    description: 'Which stopped containers go. Their anonymous volumes stay for the next plan.',
  },
);

const PruneNetworks = object(
  { until, ...labels, compose },
  { $id: 'PruneNetworks', description: 'Which networks without containers go.' },
);

const PruneImages = object(
  {
    dangling: T.Optional(
      T.Boolean({
        default: true,
        description: 'Only those without a name; false: all that no container was made from.',
      }),
    ),
    until,
    ...labels,
  },
  { $id: 'PruneImages', description: 'Which unused images go.' },
);

const PruneBuildCache = object(
  {
    until: T.Optional(
      T.String({
        minLength: 1,
        maxLength: 64,
        description: 'Only what was not used since: a time (RFC 3339), or a duration before now such as `24h`.',
      }),
    ),
    ids: T.Optional(
      T.Array(T.String({ minLength: 1, maxLength: 128 }), { maxItems: 500, description: 'Only these records.' }),
    ),
    all: T.Optional(
      T.Boolean({ default: false, description: 'Also records whose content an image shares, which frees little.' }),
    ),
    keepBytes: T.Optional({
      ...Bytes,
      description: 'As much of the cache stays, what was used last first.',
    }),
  },
  { $id: 'PruneBuildCache', description: 'Which records of the build cache go.' },
);

const PruneVolumes = object(
  {
    ...labels,
    all: T.Optional(T.Boolean({ default: false, description: 'Named volumes too, not only anonymous ones.' })),
    compose,
    unusedFor: T.Optional(
      T.Integer({
        minimum: 0,
        maximum: 2 ** 31 - 1,
        description: 'Only those that no container has had for so many seconds, as far as they were watched.',
      }),
    ),
    includeProtected: T.Optional(
      T.Array(T.String({ minLength: 1, maxLength: 255 }), {
        maxItems: 100,
        description: 'Names of volumes that may go although they have a policy or a share.',
      }),
    ),
  },
  { $id: 'PruneVolumes', description: 'Which volumes that no container mounts go.' },
);

/** The kinds that a plan can be asked for; of each, all that is there when its filters are empty. */
export const pruneWishes = {
  containers: T.Optional(PruneContainers),
  networks: T.Optional(PruneNetworks),
  images: T.Optional(PruneImages),
  volumes: T.Optional(PruneVolumes),
  buildCache: T.Optional(PruneBuildCache),
  project: T.Optional(ProjectName),
};

/** What a plan is asked for, as it is kept with the plan. */
export const PruneRequest = object(pruneWishes);
export type PruneRequest = Static<typeof PruneRequest>;

export const PruneItem = object(
  {
    kind: PruneKind,
    id: T.String({ description: 'Id that Docker gave it; of a volume its name.' }),
    name: T.String(),
    bytes: nullable(Bytes),
    action: PruneAction,
    reasons: T.Array(T.String(), { description: 'Why it goes, or every reason why it stays.' }),
    project: nullable(ProjectName),
    snapshotFirst: T.Boolean({ description: 'Whether a last snapshot is taken unless it is asked for otherwise.' }),
  },
  {
    $id: 'PruneItem',
    description:
      'One object that a plan is about. Bytes are what its removal frees, as far as it was measured; what images share counts with the first of those that go.',
  },
);
export type PruneItem = Static<typeof PruneItem>;
export const PruneItemPage = page(PruneItem, 'PruneItem');

const counter = T.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });

export const PruneKindSummary = object(
  {
    kind: PruneKind,
    remove: counter,
    keep: counter,
    freesBytes: Bytes,
    unmeasured: counter,
  },
  {
    $id: 'PruneKindSummary',
    description:
      'What a plan does with one kind. `unmeasured` counts what goes without its size being known: `freesBytes` is without it.',
  },
);
export type PruneKindSummary = Static<typeof PruneKindSummary>;

const plan = {
  id: Uuid,
  host: HostName,
  project: nullable(ProjectName),
  kinds: T.Array(PruneKindSummary),
  freesBytes: Bytes,
  unmeasured: counter,
  createdBy: T.String({ description: 'Subject that asked for the plan.' }),
  createdAt: DateTime,
  expiresAt: DateTime,
  job: nullable(
    T.String({ format: 'uuid', 'x-gql': 'ID', description: 'Job that applies it; null until it is applied.' }),
  ),
};

export const PrunePlanSummary = object(plan, {
  $id: 'PrunePlanSummary',
  description: 'What a clean-up of a host would do. With a project it is about containers and volumes of that project.',
});
export type PrunePlanSummary = Static<typeof PrunePlanSummary>;
export const PrunePlanPage = page(PrunePlanSummary, 'PrunePlan');

export const PrunePlan = object(
  { ...plan, items: PruneItemPage },
  {
    $id: 'PrunePlan',
    description:
      'What a clean-up of a host would do, with the first of its items: those that go come first, in the order of their removal. `nextCursor` leads on in the list of its items.',
  },
);
export type PrunePlan = Static<typeof PrunePlan>;
