import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../errors.ts';
import type { Connection } from './connection.ts';
import { endurance } from './endurance.ts';
import { exceptStatus } from './except-status.ts';
import { findHelper } from './helper-state.ts';
import { objectPath } from './object-path.ts';

/** An answer that breaks off in the middle is never reported by dockerode; so the helper is looked at again this often. */
const roundMs = 5_000;
const gone = 404;

/** Implements {@link Engine.waitHelper}. */
export async function waitHelper(connection: Connection, id: string, signal: AbortSignal): Promise<number> {
  const breaks = endurance(connection.host, signal);
  while (!signal.aborted) {
    try {
      const helper = await findHelper(connection, id);
      if (helper === null) throw fail('helper_interrupted', `The helper ${id} was removed before it had ended.`);
      if (helper.exitCode !== null) return helper.exitCode;
      breaks.over();
      // The engine answers at once for a container that is not started yet.
      if (helper.state === 'created') await breaks.pause();
      else await waitOneRound(connection, id, signal, roundMs);
    } catch (error) {
      await breaks.endure(error);
    }
  }
  throw signal.reason;
}

/** Waits until a helper that was started has ended, or is gone, for so many milliseconds at most. Throws what the engine says, but not that the signal has aborted. */
export async function waitOneRound(
  { docker }: Connection,
  id: string,
  signal: AbortSignal,
  milliseconds: number,
): Promise<void> {
  const round = new AbortController();
  const abortSignal = AbortSignal.any([signal, round.signal]);
  try {
    const ended = docker
      .getContainer(objectPath(id))
      .wait({ condition: 'not-running', abortSignal })
      .catch(exceptStatus(gone));
    await Promise.race([ended, sleep(milliseconds, undefined, { signal: abortSignal }).catch(() => undefined)]);
  } finally {
    round.abort();
  }
}
