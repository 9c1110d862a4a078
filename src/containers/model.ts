import {
  Bytes,
  DateTime,
  HostName,
  nullable,
  object,
  ProjectName,
  page,
  type Static,
  StringMap,
  T,
  words,
} from '../schema.ts';
import { EnvironmentName } from '../volumes/model.ts';

/** Name or id of a container, as an address. */
export const ContainerAddress = T.String({
  minLength: 1,
  maxLength: 255,
  description: 'Name or full id of the container.',
});

export const ContainerState = words(
  'ContainerState',
  ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'],
  "Docker's state of a container.",
);
export type ContainerState = Static<typeof ContainerState>;

const ComposeService = object(
  { project: T.String(), service: nullable(T.String()) },
  { $id: 'ComposeService', description: 'What Docker Compose made a container for.' },
);

const ContainerWritable = object(
  {
    bytes: Bytes,
    rootBytes: Bytes,
    measuredAt: DateTime,
  },
  {
    $id: 'ContainerWritable',
    description: 'Size of what a container has written into its own layer, and of all its layers together.',
  },
);

export const Container = object(
  {
    host: HostName,
    id: T.String({ description: 'Id that Docker gave it.' }),
    name: T.String(),
    image: T.String({ description: 'Image as it was named when the container was created.' }),
    imageId: T.String(),
    state: ContainerState,
    labels: StringMap,
    project: nullable(ProjectName),
    environment: nullable(EnvironmentName),
    compose: nullable(ComposeService),
    user: T.String({ description: 'Name, `uid` or `uid:gid`; empty for root.' }),
    memoryLimitBytes: nullable(Bytes),
    restartPolicy: T.String({ description: "Docker's: `no`, `always`, `on-failure` or `unless-stopped`." }),
    usernsMode: T.String({ description: '`host` where the users of the container are those of the host in any case.' }),
    writable: nullable(ContainerWritable),
    createdAt: nullable(DateTime),
  },
  { $id: 'Container', description: 'A container of a host. Helper containers of Stowage are not among them.' },
);
export type Container = Static<typeof Container>;
export const ContainerPage = page(Container, 'Container');
