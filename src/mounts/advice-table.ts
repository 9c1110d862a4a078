import type { DataClass } from '../volumes/model.ts';
import type { AdvisedType, MountPurpose } from './advice-model.ts';

/** What is advised for a purpose when nothing else is said. */
export interface Counsel {
  readonly type: AdvisedType;
  readonly reason: string;
  readonly dataClass: DataClass;
  readonly readOnly: boolean;
  readonly target: string;
  /** Name of the volume; null for an anonymous one. */
  readonly name: string | null;
  /** Folder on the host, for a bind. */
  readonly source: string;
  /** Name of the preset, for a tmpfs. */
  readonly preset: 'temp' | 'cache' | 'secure';
  /** The other type that suits as well, once what it is made of is named: a folder, or a volume. */
  readonly alternative: { readonly type: 'bind' | 'volume'; readonly reason: string } | null;
  readonly warnings: readonly string[];
}

const usual = {
  readOnly: false,
  name: null,
  source: '/srv/app',
  preset: 'temp',
  alternative: null,
  warnings: [],
} as const;

/** By purpose. */
export const counsels: Readonly<Record<MountPurpose, Counsel>> = {
  database: {
    ...usual,
    type: 'volume',
    reason:
      'Docker manages the folder, it outlives the container, nobody on the host writes into it, and it can be backed up by name.',
    dataClass: 'critical',
    target: '/var/lib/data',
    name: 'app-data',
    warnings: ['Back it up by a schedule: a volume is one copy on one disk.'],
  },
  uploads: {
    ...usual,
    type: 'volume',
    reason:
      'What users gave exists nowhere else: a volume of its own outlives the application and is backed up by itself.',
    dataClass: 'user',
    target: '/app/uploads',
    name: 'app-uploads',
  },
  configuration: {
    ...usual,
    type: 'bind',
    reason: 'The files stay where they are edited and under version control; the container only reads them.',
    dataClass: 'config',
    readOnly: true,
    target: '/etc/app',
    source: '/srv/app/config',
  },
  source_code: {
    ...usual,
    type: 'bind',
    reason: 'While developing, what is saved on the host is what runs, at once.',
    dataClass: 'user',
    target: '/app',
    source: '/srv/app/src',
    warnings: [
      'For production, build the code into the image.',
      'Keep folders of dependencies such as node_modules out of it: watching very many files is slow.',
    ],
  },
  logs: {
    ...usual,
    type: 'volume',
    reason: 'Logs outlive the container in a volume of their own, where they cannot fill the writable layer.',
    dataClass: 'logs',
    target: '/var/log/app',
    name: 'app-logs',
    alternative: { type: 'bind', reason: 'The host reads the logs where its own tools look for them.' },
    warnings: ['Rotate the files: a volume of the driver `local` has no limit of its size.'],
  },
  cache: {
    ...usual,
    type: 'tmpfs',
    reason: 'What can be made again needs no disk: memory is faster, and empty after each start.',
    dataClass: 'cache',
    target: '/var/cache/app',
    preset: 'cache',
    alternative: {
      type: 'volume',
      reason: 'A cache that takes long to fill is kept over restarts in a volume of its own.',
    },
  },
  temporary: {
    ...usual,
    type: 'tmpfs',
    reason: 'Temporary files live in memory, with a limit, and are gone with the container.',
    dataClass: 'temporary',
    target: '/tmp',
  },
  secret: {
    ...usual,
    type: 'tmpfs',
    reason: 'Keys and passwords stay in memory: they are on no disk, in no image and in no backup.',
    dataClass: 'temporary',
    target: '/run/secrets',
    preset: 'secure',
    warnings: [
      'It is empty at each start: the container fetches its secrets, or gets them through the secrets of Compose or Swarm.',
      'Memory may be swapped out: encrypt the swap space of the host, or do without it.',
    ],
  },
  build_cache: {
    ...usual,
    type: 'volume',
    reason: 'An anonymous volume keeps the cache off the writable layer and goes with the container.',
    dataClass: 'cache',
    target: '/root/.cache',
    alternative: {
      type: 'volume',
      reason: 'A cache with a name is kept from one build to the next, off the writable layer.',
    },
  },
  shared: {
    ...usual,
    type: 'volume',
    reason: 'Containers of one host share a volume by its name, whatever the paths of the host are.',
    dataClass: 'user',
    target: '/shared',
    name: 'app-shared',
    warnings: [
      'Nothing keeps two writers apart: let one container write, and give it to the others read-only.',
      'A volume of the driver `local` is on this host alone.',
    ],
  },
  backup: {
    ...usual,
    type: 'volume',
    reason:
      'Dumps lie in a volume of their own, so that they are kept and backed up apart from what they are a copy of.',
    dataClass: 'critical',
    target: '/backup',
    name: 'app-backup',
    alternative: {
      type: 'bind',
      reason: 'The folder on the host can be another disk, or is what another backup takes along.',
    },
    warnings: ['On the same disk it is no backup: copy it to a repository elsewhere.'],
  },
};
