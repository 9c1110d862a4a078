import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import { runInContainer } from '../engine/run-in-container.ts';
import { fail } from '../errors.ts';
import type { FoundServer } from './find-server.ts';
import { databaseCommand } from './scripts.ts';

const lookSeconds = 20;
const lookEveryMs = 500;

/** Whether a server has a database of this name. Throws `database_not_ready` when it cannot be asked. */
export async function hasDatabase(
  engine: Engine,
  { container, engine: kind, environment }: FoundServer,
  database: string,
): Promise<boolean> {
  const wish = { command: databaseCommand(kind, 'exists', database), environment, seconds: lookSeconds };
  const { exitCode, output } = await runInContainer(engine, container.id, wish);
  if (exitCode === 0) return true;
  if (exitCode === 1) return false;
  throw fail('database_not_ready', `The database in ${container.name} could not be asked: ${output.trim()}`);
}

/** Waits until a database answers, not for a time that it might take. Throws `database_not_ready`, and the signal's reason. */
export async function untilReady(
  engine: Engine,
  { container, engine: kind, environment }: FoundServer,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const giveUpAt = Date.now() + seconds * 1000;
  let said = '';
  while (Date.now() < giveUpAt) {
    signal.throwIfAborted();
    const wish = { command: databaseCommand(kind, 'ready'), environment, seconds: lookSeconds };
    const { exitCode, output } = await runInContainer(engine, container.id, wish);
    if (exitCode === 0) return;
    said = output.trim() || said;
    await sleep(lookEveryMs);
  }
  throw fail(
    'database_not_ready',
    `The database in ${container.name} has not answered within ${seconds} s${said === '' ? '' : `: ${said}`}.`,
  );
}
