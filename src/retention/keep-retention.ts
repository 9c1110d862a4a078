import type { Ports } from '../context.ts';
import { Prisma } from '../database/client.ts';
import { encodeCursor } from '../keyset.ts';
import { pause } from '../pause.ts';
import { repeatAlone } from '../repeat-alone.ts';
import { systemCall } from '../system-call.ts';
import { following } from '../volumes/read.ts';
import { loadPlans, loadPlansOfRemains, type Owner } from './load-plan.ts';
import { listRemains } from './remains.ts';
import { carryOut } from './run-retention.ts';

const batch = 200;

/**
 * Asks, every `retentionSeconds`, for the removal of what no rule keeps, until the signal aborts. Whichever replica comes
 * first asks.
 */
export async function keepRetention(ports: Ports, signal: AbortSignal): Promise<void> {
  const { retentionSeconds } = ports.config;
  if (retentionSeconds === 0) return;
  await pause(retentionSeconds * 1000, signal);
  await repeatAlone(
    ports,
    {
      lock: 'snapshot-retention',
      seconds: retentionSeconds,
      complaint: 'the retention of snapshots could not be looked at',
    },
    async () => {
      await askForAll(ports, signal);
      await askForRemains(ports, signal);
    },
    signal,
  );
}

async function askForAll(ports: Ports, signal: AbortSignal): Promise<void> {
  const hosts = Prisma.sql`v.host = any(${[...ports.engines.names()]}::text[])`;
  // Of a volume whose last run has not ended nothing is asked again.
  const isFree = Prisma.sql`not exists (select from jobs j where j.kind = 'snapshots_expire' and j.state in ('queued', 'running')
    and j.volume = v.name and j.input->>'volumeHost' = v.host)`;
  let after: string | undefined;
  while (!signal.aborted) {
    const plans = await loadPlans(ports.db, ports.config, [hosts, isFree, ...following(after)], batch);
    for (const { plan, volume } of plans) if (plan.remove > 0) await carryOut(systemCall(ports), plan, volume.project);
    const last = plans.at(-1)?.volume;
    if (last === undefined || plans.length < batch) return;
    after = encodeCursor([last.host, last.name]);
  }
}

async function askForRemains(ports: Ports, signal: AbortSignal): Promise<void> {
  let after: Owner | undefined;
  while (!signal.aborted) {
    const remains = await listRemains(ports.db, ports.engines.names(), after, batch);
    for (const { plan, volume } of await loadPlansOfRemains(ports.db, ports.config, remains))
      if (plan.remove > 0) await carryOut(systemCall(ports), plan, volume.project);
    after = remains.at(-1);
    if (remains.length < batch) return;
  }
}
