import { mkdir, mkdtemp, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiClient, connectClient } from '../test/machinery/api-client.ts';
import { groundOfTests } from '../test/machinery/ground-environment.ts';
import { type ServerProcess, spawnServer } from '../test/machinery/server-process.ts';

/** Who asks more often takes the time of what is measured; jobs tell to the millisecond when they ended. */
const pollMilliseconds = 500;

/** A Stowage on the ground of this run, and a client of it with the admin key. The next one continues with what an earlier one has written. */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess & ApiClient> {
  const { databaseUrl, dockerHost } = groundOfTests();
  const state = await stateFolder();
  const server = await spawnServer({
    DATABASE_URL: databaseUrl,
    DOCKER_HOST: dockerHost,
    STOWAGE_STATE: state,
    STOWAGE_PORT: '0',
    STOWAGE_LOG_LEVEL: 'warn',
    STOWAGE_REPOSITORY_URL: join(state, 'repository'),
    ...settings,
  });
  const adminKey = (await readFile(join(state, 'admin.key'), 'utf8')).trim();
  return { ...server, ...connectClient(server.address, adminKey, pollMilliseconds) };
}

/** By the ground that they belong to: each measurement of a run has one of its own. */
const folders = new Map<string, Promise<string>>();

function stateFolder(): Promise<string> {
  const { folder } = groundOfTests();
  const made = folders.get(folder) ?? makeStateFolder();
  folders.set(folder, made);
  return made;
}

async function makeStateFolder(): Promise<string> {
  const ground = groundOfTests();
  const state = await mkdtemp(join(ground.folder, 'state-'));
  await mkdir(join(state, 'repository'));
  await symlink(ground.helperDirectory, join(state, 'helper'));
  return state;
}
