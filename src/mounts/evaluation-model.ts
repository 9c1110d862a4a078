import { RuleId, Severity } from '../findings/model.ts';
import { MountPath } from '../hosts/model.ts';
import { Bytes, HostName, nullable, object, ProjectName, type Static, StringMap, T, words } from '../schema.ts';
import { MountRelabeling, MountType } from './model.ts';

export const ContainerSpec = T.Unsafe<Readonly<Record<string, unknown>>>(
  T.Object(
    {},
    {
      additionalProperties: true,
      'x-gql': 'JSON',
      description:
        'The body of `POST /containers/create` of Docker: any of its fields; what says something of storage is read (`Image`, `User`, `Labels`, `Volumes`, and of `HostConfig`: `Binds`, `Mounts`, `Tmpfs`, `VolumeDriver`, `VolumesFrom`, `Memory`, `RestartPolicy`, `UsernsMode`).',
      examples: [
        {
          Image: 'postgres:17',
          User: '999:999',
          Labels: { 'stowage.project': 'shop' },
          HostConfig: {
            Binds: ['shop-db:/var/lib/postgresql/data'],
            Mounts: [{ Type: 'bind', Source: '/srv/shop/conf', Target: '/etc/shop', ReadOnly: true }],
            Tmpfs: { '/tmp': 'size=64m' },
          },
        },
      ],
    },
  ),
);

export const ComposeService = object(
  {
    file: T.String({
      minLength: 1,
      description: 'Text of the compose file, up to 64 KiB of plain YAML. Other files are not read.',
      examples: [
        'services:\n  web:\n    image: nginx\n    volumes: ["site:/usr/share/nginx/html:ro"]\nvolumes:\n  site:\n',
      ],
    }),
    service: T.String({ minLength: 1, maxLength: 255, description: 'Name of the service.', examples: ['web'] }),
    project: T.Optional(
      T.String({
        maxLength: 64,
        pattern: '^[a-z0-9][a-z0-9_-]*$',
        description: "Name of the compose project; else the file's own name, else that of the folder.",
        examples: ['shop'],
      }),
    ),
    projectFolder: T.Optional(
      T.String({
        minLength: 1,
        maxLength: 4095,
        description: 'Absolute folder on the host that relative paths are relative to.',
        examples: ['/srv/shop'],
      }),
    ),
    environment: T.Optional(
      T.Record(T.String({ minLength: 1, maxLength: 256 }), T.String({ maxLength: 32_768 }), {
        maxProperties: 1000,
        'x-gql': 'StringMap',
        description: 'Values of the variables in the file; those with a default may be left out.',
        examples: [{ TAG: '17' }],
      }),
    ),
  },
  { $id: 'ComposeServiceSpec', description: 'One service of a compose file.' },
);

export const Effect = words(
  'EvaluationEffect',
  ['allow', 'warn', 'deny'],
  'What follows from a finding, or from all of them, by the policy of this installation.',
);
export type Effect = Static<typeof Effect>;

const EvaluationFinding = object(
  {
    rule: RuleId,
    severity: Severity,
    effect: Effect,
    title: T.String(),
    detail: T.String({ description: 'What is wrong in this case.' }),
    why: T.String({ description: 'Why it matters.' }),
    evidence: StringMap,
    remedy: T.String({ description: 'What to do about it.' }),
    documentation: T.String({ description: 'Where the rule is described, here.' }),
    target: nullable(T.String({ description: 'Path in the container of the mount that it is about.' })),
    volume: nullable(T.String({ description: 'Name of the volume that it is about.' })),
  },
  { $id: 'EvaluationFinding', description: 'A rule that the container would break.' },
);
export type EvaluationFinding = Static<typeof EvaluationFinding>;

const ProposedTmpfs = object(
  { sizeBytes: nullable(Bytes), noexec: T.Boolean(), nosuid: T.Boolean(), nodev: T.Boolean() },
  {
    $id: 'ProposedTmpfs',
    description: 'What is special to a tmpfs. Without a size it takes up to half of the memory.',
  },
);

const ProposedMount = object(
  {
    type: MountType,
    source: T.String({ description: 'Path on the host; empty for a tmpfs, and for a volume that does not exist yet.' }),
    target: T.String({ description: 'Path in the container.' }),
    volume: nullable(T.String({ description: 'Name of the volume; empty for an anonymous one.' })),
    driver: nullable(T.String({ description: 'Driver of the volume.' })),
    readOnly: T.Boolean(),
    propagation: T.String({ description: 'Propagation of a bind, such as `rprivate`; empty for other types.' }),
    selinux: nullable(MountRelabeling),
    noCopy: T.Boolean({ description: 'Whether what the image has there is not copied into an empty volume.' }),
    subpath: nullable(T.String({ description: 'Folder of the volume that is mounted instead of its root.' })),
    path: nullable(MountPath),
    tmpfs: nullable(ProposedTmpfs),
    project: nullable(ProjectName),
  },
  {
    $id: 'ProposedMount',
    description:
      'A mount that the container would have. `path` is what was found at the path of the host that it binds.',
  },
);
export type ProposedMount = Static<typeof ProposedMount>;

const EvaluationGap = object(
  {
    about: words(
      'EvaluationGapSubject',
      ['image', 'paths', 'volumes_from', 'engine'],
      'What is not as it was asked for, or could not be looked at: user and volumes of the image, paths on the host, mounts of other containers, options that the engine does not know.',
    ),
    detail: T.String({ description: 'Why, and what it means for the findings.' }),
  },
  { $id: 'EvaluationGap', description: 'Something that rules would look at and that is not known.' },
);
export type EvaluationGap = Static<typeof EvaluationGap>;

export const MountEvaluation = object(
  {
    host: HostName,
    verdict: Effect,
    complete: T.Boolean({
      description: 'Whether everything is known that rules look at; if not, `gaps` say what is missing.',
    }),
    gaps: T.Array(EvaluationGap),
    findings: T.Array(EvaluationFinding, { description: 'The worst first.' }),
    mounts: T.Array(ProposedMount, { description: 'What Docker would mount, by target.' }),
  },
  {
    $id: 'MountEvaluation',
    description:
      'What the mounts of a proposed container would be, what is wrong with them, and whether it may be made.',
  },
);
export type MountEvaluation = Static<typeof MountEvaluation>;
