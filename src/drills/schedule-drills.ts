import type { Ports } from '../context.ts';
import { enqueueJob } from '../jobs/read.ts';
import { repeatAlone } from '../repeat-alone.ts';
import { systemCall } from '../system-call.ts';
import { drillsDue } from './store.ts';

const lookSeconds = 30;
/** They are made one after the other on a host; the next look asks for more. */
const askedAtOnce = 5;

/**
 * Asks for a drill of each volume that has a good snapshot and was not tried for `drillSeconds`, until the signal aborts.
 * Whichever replica comes first asks.
 */
export async function scheduleDrills(ports: Ports, signal: AbortSignal): Promise<void> {
  const { drillSeconds } = ports.config;
  if (drillSeconds === 0) return;
  await repeatAlone(
    ports,
    {
      lock: 'restore-drills',
      seconds: Math.min(lookSeconds, drillSeconds),
      complaint: 'restore drills could not be asked for',
    },
    () => askWhereDue(ports),
    signal,
  );
}

async function askWhereDue(ports: Ports): Promise<void> {
  const due = await drillsDue(ports.db, ports.engines.names(), ports.config.drillSeconds, askedAtOnce);
  for (const { host, volume, project, snapshot, repositoryId } of due)
    await enqueueJob(systemCall(ports), {
      kind: 'restore_drill',
      host,
      volume,
      project,
      input: { snapshot, repositoryId },
    });
}
