import Value from 'typebox/value';
import type { Engine } from '../engine/engine.ts';
import { messageOf } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { SnapshotServer } from '../snapshots/model.ts';
import { serversAmong } from './find-server.ts';

/**
 * The server whose data is in a volume, running or not, as it was when the attempt looked first: it may be stopped, or gone, since.
 * That it cannot be told holds no backup up: null then, and a warning in the log of the job.
 */
export async function noteServer(engine: Engine, job: RunningJob, volume: string): Promise<SnapshotServer | null> {
  const key = `server-${job.attempt}-${volume}`;
  const remembered = job.memory[key];
  if (remembered === null || Value.Check(SnapshotServer, remembered)) return remembered;
  const server = await lookForServer(engine, volume).catch(async (error: unknown) => {
    await job.log('warn', `Which database volume "${volume}" is of could not be told: ${messageOf(error)}`);
    return null;
  });
  await job.remember({ [key]: server });
  return server;
}

async function lookForServer(engine: Engine, volume: string): Promise<SnapshotServer | null> {
  const users = (await engine.listContainers()).filter(({ mounts }) => mounts.some((mount) => mount.volume === volume));
  const servers = (await serversAmong(engine, users)).filter((server) => server.volume === volume);
  const server = servers.find(({ container }) => container.state === 'running') ?? servers[0];
  return server?.note ?? null;
}
