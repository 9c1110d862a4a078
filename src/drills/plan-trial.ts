import Value from 'typebox/value';
import { DatabaseName } from '../databases/model.ts';
import { dumpFile, familyOf, type Trial } from '../databases/read.ts';
import type { Snapshot } from '../snapshots/model.ts';

/** What of the engine decides whether a server can be tried. */
export interface TrialGround {
  /** Ids of the images that are on the host. */
  readonly images: ReadonlySet<string>;
  readonly memoryBytes: number;
}

/** The server to start on what comes back, or why there is none; null for data that is of no database. */
export type TrialPlan = { readonly trial: Trial } | { readonly untriedWhy: string | null };

const leastMemoryBytes = 1024 ** 3;
/** Redis holds all of it in memory, several times the size of its file. */
const memoryOfFile = 8;
/** Where a server that is to read a dump finds it: nothing of the image is there. */
const dumpAt = '/stowage-drill';

/** Decides which server a drill of a snapshot starts. */
export function planTrial(
  { server, dump, bytes }: Pick<Snapshot, 'server' | 'dump' | 'bytes'>,
  { images, memoryBytes: ofHost }: TrialGround,
): TrialPlan {
  if (server === null)
    return {
      untriedWhy:
        dump === null
          ? null
          : 'The snapshot does not tell of which image the server was that wrote the dump; a newer one does.',
    };
  const { engine, image, imageId, account, settings } = server;
  if (dump !== null && familyOf(dump.engine) !== familyOf(engine))
    return { untriedWhy: `The snapshot holds a dump of ${dump.engine} and names a server of ${engine}.` };
  if (!images.has(imageId))
    return {
      untriedWhy: `The image ${image} (${imageId.slice(7, 19)}) is not on the host any more; pull it to have its server tried.`,
    };
  const memoryBytes = Math.max(leastMemoryBytes, engine === 'redis' ? bytes * memoryOfFile : 0);
  if (memoryBytes > ofHost)
    return {
      untriedWhy: `A server of ${image} would need ${memoryBytes} bytes of memory, and the host has ${ofHost}.`,
    };
  const common = { engine, image, imageId, account, memoryBytes };
  if (dump === null) {
    const { mountedAt, subpath, data } = server;
    return { trial: { ...common, mountedAt, subpath, data, settings, dump: null } };
  }
  const { database } = dump;
  // It comes from a tag, which whoever writes into the repository may have made up, and goes into a script.
  if (database !== null && !Value.Check(DatabaseName, database))
    return { untriedWhy: `"${database}" is no name of a database that Stowage makes.` };
  const file = dumpFile(dump.engine, database);
  const whole = { mountedAt: dumpAt, subpath: null, data: dumpAt, settings, dump: { file, database } };
  return { trial: { ...common, ...whole } };
}
