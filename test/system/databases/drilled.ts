import type { Test } from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { type DatabaseKind, startDatabase, type TestDatabase } from '../../machinery/databases.ts';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, sharedStowage } from '../../machinery/stowage.ts';

export interface Drilled {
  readonly docker: TestDocker;
  readonly stowage: Stowage;
  readonly volume: string;
  readonly database: TestDatabase;
  /** Backs the volume up and gives the snapshot. */
  backUp(more?: object): Promise<string>;
  /** Tries the newest snapshot; gives the job and the drill that is written down of it. */
  drill(): Promise<{ readonly job: Answer; readonly drill: Answer }>;
}

export interface DrilledWish {
  readonly environment?: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
  readonly image?: string;
  readonly stowage?: Stowage;
  /** Asks the server something until it answers. */
  readonly ask: (database: TestDatabase) => Promise<string>;
}

/** A database whose volume is to be backed up and tried. */
export async function drilled(
  t: Test,
  kind: DatabaseKind,
  { ask, stowage: own, ...wish }: DrilledWish,
): Promise<Drilled> {
  const docker = testDocker(t);
  const stowage = own ?? (await sharedStowage());
  const volume = docker.name('data');
  const path = `/v1/hosts/local/volumes/${volume}`;
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  const database = await startDatabase(t, docker, kind, { volume, ...wish });
  await docker.until(async () => (await ask(database).catch(() => '')) !== '', 60);
  return {
    docker,
    stowage,
    volume,
    database,
    async backUp(more = {}) {
      const job = await stowage.finished('POST', `${path}/backups`, more, 60);
      if (job.state !== 'succeeded') throw new Error(`${job.error?.code}: ${job.error?.detail}`);
      return job.result.snapshot;
    },
    async drill() {
      const job = await stowage.finished('POST', `${path}/restore-drills`, {}, 120);
      const { items } = await stowage.get(`${path}/restore-drills`);
      return { job, drill: items.find(({ id }: Answer) => id === job.id) };
    },
  };
}

/** Throws unless nothing of a drill is on the engine: no container, no volume of its own, none without a name. */
export async function leavesNothing({ docker }: Pick<Drilled, 'docker'>, job: string): Promise<boolean> {
  const { Volumes } = await docker.engine.listVolumes();
  const volumes = Volumes.filter(({ Name }) => Name === `stowage-drill-${job}`);
  return volumes.length === 0 && (await docker.helpersOf(job)).length === 0;
}
