import type { Engine } from '../engine/engine.ts';
import type { EngineContainer } from '../engine/engine-objects.ts';
import { isHelper } from '../engine/helper.ts';
import { fail } from '../errors.ts';
import type { SnapshotServer } from '../snapshots/model.ts';
import { givenSettings } from './given-settings.ts';
import { engineOfImage, mayBeDatabase, type Recognised, recognise } from './recognise.ts';
import { serverNote } from './server-note.ts';

/** A container that is a database server. */
export interface FoundServer extends Recognised {
  readonly container: EngineContainer;
  /** Environment of the commands that are run in it; holds secrets, and is shown nowhere. */
  readonly environment: Readonly<Record<string, string>>;
  /** How it could be started again; without secrets. Null where its data is in no volume. */
  readonly note: SnapshotServer | null;
}

/** The database servers among these containers. Only those are inspected that may be one by their image or mounts. */
export async function serversAmong(engine: Engine, containers: readonly EngineContainer[]): Promise<FoundServer[]> {
  const found = await Promise.all(containers.map((container) => recogniseOne(engine, container)));
  return found.filter((server) => server !== null);
}

/** What database a container is; null when it is none. */
export async function recogniseOne(engine: Engine, container: EngineContainer): Promise<FoundServer | null> {
  if (isHelper(container.labels)) return null;
  const isNamed = engineOfImage(container.image) !== null;
  if (!isNamed && !mayBeDatabase(container)) return null;
  const setup = await engine.containerSetup(container.id);
  const recognised = recognise(container, setup);
  return recognised === null
    ? null
    : {
        ...recognised,
        container,
        environment: givenSettings(recognised.engine, setup),
        note: serverNote(recognised, container, setup),
      };
}

/**
 * The running server whose data is in a volume. Throws `database_not_found` when there is none, and `container_not_running`
 * when it does not run: it alone can read its files.
 */
export async function serverOf(engine: Engine, volume: string): Promise<FoundServer> {
  const users = (await engine.listContainers()).filter(({ mounts }) => mounts.some((mount) => mount.volume === volume));
  const servers = (await serversAmong(engine, users)).filter((server) => server.volume === volume);
  const running = servers.find(({ container }) => container.state === 'running');
  if (running !== undefined) return running;
  const [stopped] = servers;
  if (stopped !== undefined)
    throw fail(
      'container_not_running',
      `The database ${stopped.container.name} is ${stopped.container.state}, so it cannot write a dump; start it, or back its files up with consistency "stop".`,
    );
  throw fail(
    'database_not_found',
    `No container that has volume "${volume}" is a database that Stowage knows (PostgreSQL, MySQL, MariaDB, Redis) with its data there; choose another consistency.`,
  );
}
