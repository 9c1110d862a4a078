import { pino } from 'pino';

/** The log of the process: one JSON line per entry, on the standard output. */
export type Log = ReturnType<typeof createLog>;

/** Makes the log. `level` is the least severe level that is written; `silent` writes nothing. */
export function createLog(level: string) {
  return pino({ level });
}
