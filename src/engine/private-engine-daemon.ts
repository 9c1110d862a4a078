import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Failure, fail } from '../errors.ts';
import { connectDocker, patience } from './connection.ts';
import type { EnginePlaces } from './private-engine-places.ts';
import { findDaemon } from './private-engine-processes.ts';

const startSeconds = 60;
const pollMs = 50;

/** Waits until the engine answers and gives its version. Throws `engine_setup_unavailable` with the end of its log. */
export async function awaitDaemon(places: EnginePlaces): Promise<string> {
  const { docker, ask, close } = connectDocker('private', places.endpoint);
  const giveUpAt = Date.now() + startSeconds * 1000;
  try {
    for (;;) {
      try {
        const { Version } = await ask(patience.question, () => docker.version());
        return Version;
      } catch (cause) {
        if (Date.now() > giveUpAt || (await findDaemon(places)) === null) throw await notStarted(places, cause);
        await sleep(pollMs);
      }
    }
  } finally {
    close();
  }
}

async function notStarted({ log }: EnginePlaces, cause: unknown): Promise<Failure> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-3).join(' ');
  const detail = `The private Docker engine did not start, see ${log}: ${lines} Install Docker and start it, or set DOCKER_HOST to an engine that runs.`;
  return fail('engine_setup_unavailable', { detail, cause });
}
