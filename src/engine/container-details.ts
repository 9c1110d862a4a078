import type { HostConfig, MountSettings } from 'dockerode';
import { type Connection, patience } from './connection.ts';
import type { EngineMount } from './engine.ts';
import { exceptStatus } from './except-status.ts';
import { parseTmpfsOptions } from './tmpfs-options.ts';

const parallelInspects = 8;

/** The tmpfs mounts of containers, which the engine's list does not tell. */
export interface ContainerDetails {
  /** By id of the container; a container that is gone has none. Asks for each container once, since they never change. */
  tmpfsMounts(ids: readonly string[]): Promise<ReadonlyMap<string, readonly EngineMount[]>>;
  /** Forgets all containers but these. */
  keepOnly(ids: readonly string[]): void;
}

/** Reads details of containers by inspecting them. */
export function containerDetails({ docker, ask }: Connection): ContainerDetails {
  const known = new Map<string, readonly EngineMount[]>();

  async function learn(id: string): Promise<void> {
    const found = await ask(patience.question, (abortSignal) =>
      docker.getContainer(id).inspect({ abortSignal }).catch(exceptStatus(404)),
    );
    if (found !== undefined) known.set(id, tmpfsMountsOf(found.HostConfig));
  }

  return {
    async tmpfsMounts(ids) {
      const unknown = ids.filter((id) => !known.has(id)).values();
      const learnNext = async () => {
        for (const id of unknown) await learn(id);
      };
      await Promise.all(Array.from({ length: parallelInspects }, learnNext));
      return known;
    },
    keepOnly(ids) {
      const kept = new Set(ids);
      for (const id of known.keys()) if (!kept.has(id)) known.delete(id);
    },
  };
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
  const tmpfs = parseTmpfsOptions(options, sizeBytes);
  return {
    type: 'tmpfs',
    source: '',
    target,
    volume: null,
    driver: null,
    mode,
    readOnly: options.includes('ro'),
    propagation: '',
    tmpfs,
  };
}
