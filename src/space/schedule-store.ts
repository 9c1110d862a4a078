import type { AdmittedContext } from '../context.ts';
import type { Reader } from '../database/client.ts';
import type { Job } from '../jobs/model.ts';
import { enqueueJob } from '../jobs/read.ts';

/** Asks the workers for a measurement of a host. */
export function requestMeasurement(context: AdmittedContext, host: string): Promise<Job> {
  return enqueueJob(context, { kind: 'host_measure', host, volume: null, project: null, input: {} });
}

/** Of these hosts those that are connected and listed, and whose last measurement was asked for `seconds` ago and has ended. */
export async function hostsToMeasure(db: Reader, names: readonly string[], seconds: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    select name from hosts where name = any(${[...names]}::text[]) and state = 'connected' and synced_at is not null
      and not exists (
        select from jobs where jobs.host = hosts.name and jobs.volume is null and jobs.kind = 'host_measure'
          and (jobs.created_at > now() - make_interval(secs => ${seconds}) or jobs.state in ('queued', 'running'))
      )`;
  return rows.map(({ name }) => name);
}
