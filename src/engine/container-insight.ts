import type { ContainerInspectInfo, ContainerStats } from 'dockerode';
import { type Connection, patience } from './connection.ts';
import { containerChanges } from './container-changes.ts';
import type { Engine } from './engine.ts';
import type { EngineActivity } from './engine-objects.ts';
import { exceptStatus } from './except-status.ts';
import { objectPath } from './object-path.ts';

type InsightCalls = Pick<
  Engine,
  'containerSize' | 'containerChanges' | 'containerPlace' | 'containerActivity' | 'removeContainer'
>;

const gone = 404;
const beingRemoved = 409;

/** The part of an engine that looks into single containers. */
export function insightCalls(connection: Connection): InsightCalls {
  const { docker, ask } = connection;
  const handle = (id: string) => docker.getContainer(objectPath(id));

  async function inspect(id: string): Promise<ContainerInspectInfo | undefined> {
    return await ask(patience.question, (abortSignal) => handle(id).inspect({ abortSignal }).catch(exceptStatus(gone)));
  }

  return {
    async containerSize(id) {
      // dockerode's types know neither the option nor the answer.
      const found: (ContainerInspectInfo & SizedInspect) | undefined = await ask(patience.lengthy, (abortSignal) =>
        handle(id)
          .inspect({ size: true, abortSignal } as object)
          .catch(exceptStatus(gone)),
      );
      return found === undefined ? null : { writableBytes: found.SizeRw ?? 0, rootBytes: found.SizeRootFs ?? 0 };
    },

    containerChanges: (id, signal) => containerChanges(connection, id, signal),

    async containerPlace(id) {
      const found = await inspect(id);
      if (found === undefined) return null;
      const data: Record<string, string> = { ...(found.GraphDriver?.Data ?? {}) };
      return { writableFolder: data['UpperDir'] ?? null, pid: found.State.Pid > 0 ? found.State.Pid : null };
    },

    async containerActivity(id) {
      // Without `one-shot` the engine waits for a second reading. The option is newer than dockerode's types.
      const once = { stream: false as const, 'one-shot': true };
      const stats = await ask(patience.question, (abortSignal) =>
        handle(id)
          .stats({ ...once, abortSignal } as { stream: false })
          .catch(exceptStatus(gone, beingRemoved)),
      );
      return stats === undefined || stats.read.startsWith('0001-') ? null : toActivity(stats);
    },

    async removeContainer(id) {
      await ask(patience.lengthy, (abortSignal) =>
        handle(id).remove({ force: false, v: false, abortSignal }).catch(exceptStatus(gone)),
      );
    },
  };
}

interface SizedInspect {
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
}

function toActivity({ blkio_stats: disk, memory_stats: memory }: ContainerStats): EngineActivity {
  const details: Record<string, number | undefined> = { ...memory?.stats };
  const isFirstVersion = 'total_rss' in details;
  const bytes = entriesOf(disk?.io_service_bytes_recursive);
  const operations = sums(entriesOf(disk?.io_serviced_recursive));
  const counters = {
    readBytes: sums(bytes)('read'),
    writtenBytes: sums(bytes)('write'),
    readOperations: operations('read'),
    writeOperations: operations('write'),
  };
  return {
    blockDevices: isFirstVersion && bytes.length === 0 ? null : counters,
    memoryBytes: memory?.usage ?? 0,
    sharedMemoryBytes: details['total_shmem'] ?? details['shmem'] ?? null,
  };
}

interface Counted {
  readonly op: string;
  readonly value: number;
}

function entriesOf(entries: unknown): readonly Counted[] {
  return Array.isArray(entries) ? entries : [];
}

/** Over all devices; the words are capitalized by cgroup v1 and not by v2. */
function sums(entries: readonly Counted[]): (operation: string) => number {
  return (operation) =>
    entries.filter(({ op }) => op.toLowerCase() === operation).reduce((total, { value }) => total + value, 0);
}
