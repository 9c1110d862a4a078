import type { Connection } from './connection.ts';
import { askDiskUsage, dial } from './disk-usage.ts';
import type { Engine } from './engine.ts';

type BuildCacheCalls = Pick<Engine, 'listBuildCache' | 'pruneBuildCache'>;

/** The part of an engine that is about the cache of builds. */
export function buildCacheCalls(connection: Connection): BuildCacheCalls {
  return {
    async listBuildCache() {
      const answer = await askDiskUsage<{ BuildCache: RawRecord[] | null }>(connection, 'build-cache');
      if (answer === null) return null;
      return (answer.BuildCache ?? []).map((record) => ({
        id: record.ID,
        description: record.Description ?? '',
        bytes: record.Size,
        inUse: record.InUse,
        shared: record.Shared,
        createdAt: record.CreatedAt ? new Date(record.CreatedAt) : null,
        lastUsedAt: record.LastUsedAt ? new Date(record.LastUsedAt) : null,
      }));
    },

    async pruneBuildCache(ids) {
      let freed = 0;
      for (const id of ids) {
        const query = { all: true, filters: JSON.stringify({ id: [id] }) };
        const answer = await dial<{ SpaceReclaimed?: number }>(connection, 'POST', '/build/prune?', query);
        freed += answer.SpaceReclaimed ?? 0;
      }
      return freed;
    },
  };
}

interface RawRecord {
  readonly ID: string;
  readonly Description?: string;
  readonly Size: number;
  readonly InUse: boolean;
  readonly Shared: boolean;
  readonly CreatedAt?: string;
  readonly LastUsedAt?: string | null;
}
