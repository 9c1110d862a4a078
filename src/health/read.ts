import Value from 'typebox/value';
import type { Reader } from '../database/client.ts';
import { type HealthProblem, HealthReading } from './model.ts';
import { problemsOf } from './problems.ts';
import { newestChecks, readingsSince } from './store.ts';

/** What was seen longer ago may be over: nobody looks at a volume any more that one container has. */
const currentMs = 3_600_000;

/** What is known to be wrong with the use of the volumes of a host (of these, or of all), by name. Two statements. */
export async function knownProblems(
  db: Reader,
  host: string,
  volumes?: readonly string[],
): Promise<ReadonlyMap<string, readonly HealthProblem[]>> {
  const readings = await readingsSince(db, host, new Date(Date.now() - currentMs), volumes);
  const checks = await newestChecks(db, host, volumes);
  const names = new Set([...readings.keys(), ...checks.keys()]);
  return new Map(
    [...names].map((volume) => {
      const { locks, space, ioPressure } = readings.has(volume)
        ? Value.Parse(HealthReading, readings.get(volume))
        : { locks: [], space: null, ioPressure: null };
      const permissions = checks.get(volume) ?? null;
      return [volume, problemsOf({ host, volume, locks, space, ioPressure, permissions })];
    }),
  );
}
