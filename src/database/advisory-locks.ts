import { createHash } from 'node:crypto';
import { Pool } from 'pg';

/** Mutual exclusion across replicas, by name. A lock ends with its connection, so a killed process holds none. */
export interface AdvisoryLocks {
  /** Runs `work` while nobody else holds `name`; waits for it. */
  hold<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Runs `work` if `name` is free now, else gives null. `signal` is aborted when the connection that carries the lock is lost. */
  tryHold<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | null>;
  close(): Promise<void>;
}

/** Connects for advisory locks of PostgreSQL, each on a connection of its own. */
export function connectAdvisoryLocks(url: string): AdvisoryLocks {
  const pool = new Pool({
    connectionString: url,
    max: 20,
    connectionTimeoutMillis: 10_000,
    allowExitOnIdle: true,
    keepAlive: true,
  });
  pool.on('error', () => {
    // An idle connection that dies is replaced by the pool; one that carries a lock reports below.
  });

  async function withLock<T>(name: string, sql: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    const client = await pool.connect();
    const lost = new AbortController();
    const onError = (error: Error) => lost.abort(error);
    client.on('error', onError);
    const key = lockKey(name);
    try {
      const { rows } = await client.query<{ held: boolean }>(sql, [key]);
      if (rows[0]?.held !== true) return null;
      return await work(lost.signal);
    } finally {
      // A connection that could not unlock is closed, which unlocks as well.
      const unlocked = await client.query('select pg_advisory_unlock($1)', [key]).then(
        () => true,
        () => false,
      );
      client.release(!unlocked);
      // Heard until the pool listens again; one that was closed may complain later, and nobody else hears it then.
      if (unlocked) client.off('error', onError);
    }
  }

  return {
    async hold(name, work) {
      const result = await withLock(name, 'select pg_advisory_lock($1) is not null as held', async () => ({
        value: await work(),
      }));
      if (result === null) throw new Error(`The advisory lock "${name}" was not given.`);
      return result.value;
    },
    tryHold: (name, work) => withLock(name, 'select pg_try_advisory_lock($1) as held', work),
    close: () => pool.end(),
  };
}

/** PostgreSQL's advisory locks are named by 64 bits. */
function lockKey(name: string): string {
  return createHash('sha256').update(name).digest().readBigInt64BE(0).toString();
}
