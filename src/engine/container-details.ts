import type { ContainerInspectInfo, HostConfig, MountSettings } from 'dockerode';
import { mapConcurrently } from '../map-concurrently.ts';
import { type Connection, patience } from './connection.ts';
import type { EngineMount } from './engine-objects.ts';
import { exceptStatus } from './except-status.ts';
import { objectPath } from './object-path.ts';
import { parseTmpfsOptions } from './tmpfs-options.ts';

const parallelInspects = 8;

/** What the engine's list of containers does not tell. */
export interface ContainerDetail {
  /** To the millisecond, where the list has seconds. */
  readonly createdAt: Date | null;
  readonly user: string;
  readonly memoryLimitBytes: number | null;
  readonly restartPolicy: string;
  readonly usernsMode: string;
  readonly tmpfs: readonly EngineMount[];
  /** By target in the container. */
  readonly mountOptions: ReadonlyMap<string, MountDetail>;
}

/** What was asked for with `--mount` and cannot be seen in the list. */
export interface MountDetail {
  readonly noCopy: boolean;
  readonly subpath: string | null;
}

/** Details of containers, asked for once each: what of them can change is told by an event, after which one is learned again. */
export interface ContainerDetails {
  /** By id of the container; a container that is gone has none. */
  of(ids: readonly string[]): Promise<ReadonlyMap<string, ContainerDetail>>;
  /** Takes note of what an inspect said just now. */
  learn(inspected: ContainerInspectInfo): void;
  /** Forgets all containers but these. */
  keepOnly(ids: readonly string[]): void;
}

/** Reads details of containers by inspecting them. */
export function containerDetails({ docker, ask }: Connection): ContainerDetails {
  const known = new Map<string, ContainerDetail>();
  const learn = (inspected: ContainerInspectInfo) => void known.set(inspected.Id, toDetail(inspected));

  async function inspect(id: string): Promise<void> {
    const found = await ask(patience.question, (abortSignal) =>
      docker.getContainer(objectPath(id)).inspect({ abortSignal }).catch(exceptStatus(404)),
    );
    if (found !== undefined) learn(found);
  }

  return {
    learn,
    async of(ids) {
      const unknown = ids.filter((id) => !known.has(id));
      await mapConcurrently(unknown, parallelInspects, inspect);
      return known;
    },
    keepOnly(ids) {
      const kept = new Set(ids);
      for (const id of known.keys()) if (!kept.has(id)) known.delete(id);
    },
  };
}

function toDetail({ Config, HostConfig, Created }: ContainerInspectInfo): ContainerDetail {
  const { Memory = 0, RestartPolicy, UsernsMode = '', Mounts = [] } = HostConfig;
  const options = Mounts.filter(({ Type }) => Type === 'volume').map(
    (mount) => [mount.Target, mountDetail(mount)] as const,
  );
  return {
    createdAt: new Date(Created),
    user: Config.User ?? '',
    memoryLimitBytes: Memory > 0 ? Memory : null,
    restartPolicy: RestartPolicy?.Name || 'no',
    usernsMode: String(UsernsMode),
    tmpfs: tmpfsMountsOf(HostConfig),
    mountOptions: new Map(options),
  };
}

function mountDetail({ VolumeOptions }: MountSettings): MountDetail {
  const given: { NoCopy?: boolean; Subpath?: string } | undefined = VolumeOptions;
  return { noCopy: given?.NoCopy === true, subpath: given?.Subpath || null };
}

/** The tmpfs mounts that were asked for with `--tmpfs` and with `--mount type=tmpfs`. */
export function tmpfsMountsOf({ Tmpfs, Mounts }: Pick<HostConfig, 'Tmpfs' | 'Mounts'>): EngineMount[] {
  const short = Object.entries(Tmpfs ?? {}).map(([target, options]) => tmpfsMount(target, String(options), null));
  const long = (Mounts ?? []).filter(({ Type }) => Type === 'tmpfs').map(tmpfsMountOf);
  return [...short, ...long];
}

function tmpfsMountOf({ Target, ReadOnly, TmpfsOptions }: MountSettings): EngineMount {
  const given: { SizeBytes?: number; Options?: string[][] } | undefined = TmpfsOptions;
  const options = (given?.Options ?? []).map((words) => words.join('='));
  return tmpfsMount(Target, [...(ReadOnly ? ['ro'] : []), ...options].join(','), given?.SizeBytes || null);
}

function tmpfsMount(target: string, mode: string, sizeBytes: number | null): EngineMount {
  const options = mode.split(',');
  return {
    type: 'tmpfs',
    source: '',
    target,
    volume: null,
    driver: null,
    mode,
    readOnly: options.includes('ro'),
    propagation: '',
    selinux: null,
    noCopy: false,
    subpath: null,
    tmpfs: parseTmpfsOptions(options, sizeBytes),
  };
}
