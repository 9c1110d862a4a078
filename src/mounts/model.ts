import { ContainerState } from '../containers/model.ts';
import { Finding } from '../findings/model.ts';
import { MountPath } from '../hosts/model.ts';
import { Bytes, DateTime, HostName, nullable, object, ProjectName, page, type Static, T, words } from '../schema.ts';
import { VolumeKind } from '../volumes/model.ts';

export const MountType = words(
  'MountType',
  ['volume', 'bind', 'tmpfs', 'image', 'cluster', 'npipe'],
  "Docker's type of a mount.",
);
export type MountType = Static<typeof MountType>;

export const MountPropagation = words(
  'MountPropagation',
  ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'],
  'Which mounts made later below a bind are seen on the other side of it.',
);
export type MountPropagation = Static<typeof MountPropagation>;

export const MountRelabeling = words(
  'MountRelabeling',
  ['shared', 'private'],
  'How SELinux labels what is mounted: for all containers (`z`), or for this one alone (`Z`).',
);
export type MountRelabeling = Static<typeof MountRelabeling>;

const MountContainer = object(
  { id: T.String(), name: T.String(), state: ContainerState },
  { $id: 'MountContainer', description: 'The container that a mount belongs to.' },
);

const MountTmpfs = object(
  {
    sizeBytes: nullable(Bytes),
    noexec: T.Boolean(),
    nosuid: T.Boolean(),
    nodev: T.Boolean(),
    usedBytes: nullable(Bytes),
    measuredAt: nullable(DateTime),
  },
  {
    $id: 'MountTmpfs',
    description:
      'What is special to a tmpfs. Without a size it takes up to half of the memory. What it holds is null until it was measured.',
  },
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
    volumeKind: nullable(VolumeKind),
    driver: nullable(T.String({ description: 'Driver of the volume.' })),
    mode: T.String({ description: 'Options as they were given, such as `z` or `size=64m`.' }),
    options: T.Array(T.String(), { description: 'The words of `mode`.' }),
    readOnly: T.Boolean(),
    propagation: T.String({ description: 'Propagation of a bind, such as `rprivate`; empty for other types.' }),
    selinux: nullable(MountRelabeling),
    noCopy: T.Boolean({ description: 'Whether an empty volume is not filled with what the image has there.' }),
    subpath: nullable(T.String({ description: 'Folder of the volume that is mounted instead of its root.' })),
    user: T.String({ description: 'User of the container: name, `uid` or `uid:gid`; empty for root.' }),
    hostUser: nullable(
      T.String({
        description:
          'Who that is on the host, `uid` or `uid:gid`; somebody else where the engine remaps users. Null for a name, which only the image knows the number of.',
      }),
    ),
    path: nullable(MountPath),
    tmpfs: nullable(MountTmpfs),
    project: nullable(ProjectName),
    findings: T.Array(Finding, { description: 'What is wrong with it, as far as it is not resolved.' }),
  },
  {
    $id: 'Mount',
    description:
      "One mount of a container. `path` is what is at the path of the host that it binds; of a volume the folder that Docker keeps it in, looked at where the container does not run as root. Null for what was not looked at. It belongs to its volume's project, a mount of another type to its container's.",
  },
);
export type Mount = Static<typeof Mount>;
export const MountPage = page(Mount, 'Mount');
