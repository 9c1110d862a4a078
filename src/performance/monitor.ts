import type { Ports } from '../context.ts';
import type { Engine } from '../engine/engine.ts';
import { isFailure } from '../errors.ts';
import { pause } from '../pause.ts';
import { addReadings, type ContainerReading, containersToRead, forgetReadings } from './activity-store.ts';
import { measureTmpfs } from './measure-tmpfs.ts';

/** What the monitor works with. */
export type MonitorPorts = Pick<Ports, 'config' | 'db' | 'engines' | 'log'>;

const concurrency = 4;
/** A round that takes longer ends, and the next one goes on with those that it did not come to. */
const longestRoundMs = 60_000;
/** A tmpfs is asked by a helper, which costs more than a question to the engine. */
const roundsPerTmpfs = 5;
const forgetEveryMs = 3_600_000;

/**
 * Reads every `monitorSeconds` what the running containers with mounts have read and written, and now and then how full
 * their tmpfs mounts are. Ends when the signal aborts.
 */
export async function monitorContainers(ports: MonitorPorts, host: string, signal: AbortSignal): Promise<void> {
  const engine = ports.engines.get(host);
  let after = '';
  let forgetAt = 0;
  for (let round = 0; !signal.aborted; round += 1) {
    const startedAt = Date.now();
    try {
      after = await readRound(ports, engine, after, signal);
      if (round % roundsPerTmpfs === 0) await measureTmpfs(ports, host, signal);
      if (Date.now() >= forgetAt) {
        await forgetReadings(ports.db, host, ports.config.historyDays);
        forgetAt = Date.now() + forgetEveryMs;
      }
    } catch (error) {
      if (!signal.aborted) ports.log.warn({ err: error, host }, 'what containers do could not be read');
    }
    const restMs = Math.max(0, ports.config.monitorSeconds * 1000 - (Date.now() - startedAt));
    await pause(restMs, signal);
  }
}

/** Reads the containers after the last one that was read; gives the last one of this round, an empty text when all were read. */
async function readRound({ db }: MonitorPorts, engine: Engine, after: string, signal: AbortSignal): Promise<string> {
  const ids = await containersToRead(db, engine.host);
  const waiting = [...ids.filter((id) => id > after), ...ids.filter((id) => id <= after)];
  const endAt = Date.now() + longestRoundMs;
  const readings: ContainerReading[] = [];
  let last = '';
  async function readOn(): Promise<void> {
    for (let id = next(); id !== undefined; id = next()) {
      const reading = await readOne(engine, id);
      if (reading !== null) readings.push(reading);
    }
  }
  function next(): string | undefined {
    if (signal.aborted || Date.now() > endAt) return undefined;
    const id = waiting.shift();
    last = id ?? '';
    return id;
  }
  await Promise.all(Array.from({ length: concurrency }, readOn));
  await addReadings(db, engine.host, readings);
  return waiting.length === 0 ? '' : last;
}

/** Null for a container that does not run any more. An engine that is away is no matter of one container. */
async function readOne(engine: Engine, id: string): Promise<ContainerReading | null> {
  try {
    const activity = await engine.containerActivity(id);
    return activity === null ? null : { id, at: new Date(), ...activity };
  } catch (error) {
    if (isFailure(error, 'engine_error')) return null;
    throw error;
  }
}
