import type { Ports } from '../context.ts';
import type { Reader } from '../database/client.ts';
import { enqueueJob, ownAmong } from '../jobs/read.ts';
import { pause } from '../pause.ts';
import { systemCall } from '../system-call.ts';
import { noteAttached } from './attachment-store.ts';
import { sweepRules } from './judge-again.ts';
import type { ShareRow } from './store.ts';
import { loadUses, type Use } from './uses.ts';

const shortestGapMs = 500;
const longestGapMs = 5_000;
/** A container whose stop failed is left alone for a while. */
const patienceMs = 60_000;

/**
 * Looks after every change of an inventory, and every few seconds, whether the time of rules is over, which attachments have
 * found their container, and which containers use a share against its rules: those are stopped or paused by a job where
 * the share wants that. Whichever replica comes first looks. Ends when the signal aborts.
 */
export async function keepShares(ports: Ports, signal: AbortSignal): Promise<void> {
  let heard = Promise.withResolvers<void>();
  const hear = async () => {
    for await (const _ of ports.notices.subscribe('inventory', undefined, signal)) heard.resolve();
  };
  const hearing = hear();
  while (!signal.aborted) {
    heard = Promise.withResolvers();
    await lookAtShares(ports).catch((error: unknown) =>
      ports.log.warn({ err: error }, 'the uses of shares could not be looked at; it is tried again'),
    );
    await pause(shortestGapMs, signal);
    const waiting = new AbortController();
    await Promise.race([heard.promise, pause(longestGapMs, AbortSignal.any([signal, waiting.signal]))]);
    waiting.abort();
  }
  await hearing;
}

async function lookAtShares(ports: Ports): Promise<void> {
  await sweepRules(ports);
  await ports.locks.tryHold('shares', async () => {
    const { db } = ports;
    const now = new Date();
    const shares = await db.share.findMany({ where: { hostName: { in: [...ports.engines.names()] } } });
    const uses = await loadUses(db, shares, now);
    await noteAttached(db, uses, now);
    for (const share of shares)
      await react(
        ports,
        share,
        uses.filter((use) => use.share === share.name),
      );
  });
}

/** Asks for a job for each running container that the share does not want to run. */
async function react(ports: Ports, share: ShareRow, uses: readonly Use[]): Promise<void> {
  if (share.onViolation === 'leave') return;
  const states = share.onViolation === 'stop' ? ['running', 'restarting', 'paused'] : ['running'];
  const denied = uses.filter(
    ({ decision, container }) => decision.verdict === 'deny' && states.includes(container.state),
  );
  const containers = [...new Map(denied.map(({ container }) => [container.id, container])).values()];
  const own = new Set((await ownAmong(ports.db, share.hostName, containers)).map(({ id }) => id));
  for (const { id, name } of containers) {
    if (own.has(id)) continue;
    if (await wasAskedFor(ports.db, share, id)) continue;
    await enqueueJob(systemCall(ports), {
      kind: 'share_enforce',
      host: share.hostName,
      volume: share.volumeName,
      project: share.project,
      input: { share: share.name, container: id, containerName: name },
    });
  }
}

async function wasAskedFor(db: Reader, { hostName, volumeName }: ShareRow, container: string): Promise<boolean> {
  const job = await db.job.findFirst({
    where: { hostName, volumeName, kind: 'share_enforce', input: { path: ['container'], equals: container } },
    orderBy: { createdAt: 'desc' },
    select: { state: true, createdAt: true },
  });
  if (job === null || job.state === 'succeeded') return false;
  return job.state === 'queued' || job.state === 'running' || Date.now() - job.createdAt.getTime() < patienceMs;
}
