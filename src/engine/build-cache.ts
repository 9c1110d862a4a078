import { type Connection, patience } from './connection.ts';
import type { Engine } from './engine.ts';

type BuildCacheCalls = Pick<Engine, 'listBuildCache' | 'pruneBuildCache'>;

/** From here on `system df` can be asked for one kind alone; older engines would walk every volume for the answer. */
const selectiveApi = 1.42;

/** The part of an engine that is about the cache of builds. */
export function buildCacheCalls(connection: Connection): BuildCacheCalls {
  const { docker, ask } = connection;
  return {
    async listBuildCache() {
      const { ApiVersion } = await ask(patience.question, () => docker.version());
      if (Number(ApiVersion) < selectiveApi) return null;
      const query = { type: 'build-cache' };
      const answer = await dial<{ BuildCache: RawRecord[] | null }>(connection, 'GET', '/system/df?', query);
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

/** For requests whose query dockerode's own methods do not send. */
function dial<Answer>(
  { docker, ask }: Connection,
  method: 'GET' | 'POST',
  path: string,
  options: object,
): Promise<Answer> {
  return ask(
    patience.lengthy,
    (abortSignal) =>
      new Promise((resolve, reject) => {
        const request = { path, method, options, abortSignal, statusCodes: { 200: true, 500: 'server error' } };
        docker.modem.dial(request, (error: Error | null, answer: unknown) =>
          error === null ? resolve(answer as Answer) : reject(error),
        );
      }),
  );
}
