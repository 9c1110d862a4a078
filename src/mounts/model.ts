import { Bytes, HostName, nullable, object, ProjectName, page, type Static, T, words } from '../schema.ts';

export const MountType = words(
  'MountType',
  ['volume', 'bind', 'tmpfs', 'image', 'cluster', 'npipe'],
  "Docker's type of a mount.",
);
export type MountType = Static<typeof MountType>;

const MountContainer = object(
  { id: T.String(), name: T.String() },
  { $id: 'MountContainer', description: 'The container that a mount belongs to.' },
);

const MountTmpfs = object(
  {
    sizeBytes: nullable(Bytes),
    noexec: T.Boolean(),
    nosuid: T.Boolean(),
    nodev: T.Boolean(),
  },
  { $id: 'MountTmpfs', description: 'What is special to a tmpfs. Without a size it takes up to half of the memory.' },
);
export type MountTmpfs = Static<typeof MountTmpfs>;

export const Mount = object(
  {
    host: HostName,
    container: MountContainer,
    type: MountType,
    source: T.String({ description: 'Path on the host; empty for a tmpfs.' }),
    target: T.String({ description: 'Path in the container.' }),
    volume: nullable(T.String({ description: 'Name of the volume.' })),
    driver: nullable(T.String({ description: 'Driver of the volume.' })),
    mode: T.String({ description: 'Options as they were given, such as `z` or `size=64m`.' }),
    readOnly: T.Boolean(),
    propagation: T.String({ description: 'Propagation of a bind, such as `rprivate`; empty for other types.' }),
    tmpfs: nullable(MountTmpfs),
    project: nullable(ProjectName),
  },
  {
    $id: 'Mount',
    description:
      "One mount of a container. It belongs to its volume's project, a mount of another type to its container's.",
  },
);
export type Mount = Static<typeof Mount>;
export const MountPage = page(Mount, 'Mount');
