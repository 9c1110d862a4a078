import Value from 'typebox/value';
import type { Ports } from '../context.ts';
import { Prisma } from '../database/client.ts';
import type { Engine } from '../engine/engine.ts';
import { helperLabels, type ListedHelper } from '../engine/helper.ts';
import { carryOutRestart } from './carry-out-restart.ts';
import { RestartNote } from './restart-note.ts';

const requestHelperHours = 1;

/**
 * Puts in order what ended jobs left on a host: containers that were stopped for them run again, first of all, and
 * helpers are removed. A helper whose job is unknown has lost its database; its label tells what to start.
 */
export async function sweepOrphans(ports: Ports, host: string): Promise<void> {
  await ports.locks.tryHold(`orphans/${host}`, async () => {
    const engine = ports.engines.get(host);
    await restartForEndedJobs(ports, engine);
    const helpers = await engine.listHelpers();
    const own = helpers.filter(({ labels }) => labels[helperLabels.installation] === ports.vault.installation);
    for (const helper of own)
      await settleHelper(ports, engine, helper).catch((err: unknown) =>
        ports.log.warn({ err, host, helper: helper.name }, 'a helper could not be put in order'),
      );
  });
}

async function restartForEndedJobs(ports: Ports, engine: Engine): Promise<void> {
  const where = {
    hostName: engine.host,
    state: { notIn: ['queued', 'running'] },
    NOT: { restartNote: { equals: Prisma.DbNull } },
  };
  // One that cannot be put in order holds nothing else up.
  for (const { id, restartNote } of await ports.db.job.findMany({ where, select: { id: true, restartNote: true } })) {
    const left = await restart(ports, engine, Value.Parse(RestartNote, restartNote));
    await ports.db.job.update({ where: { id }, data: { restartNote: left ?? Prisma.DbNull } });
  }
}

async function settleHelper(ports: Ports, engine: Engine, helper: ListedHelper): Promise<void> {
  const jobId = helper.labels[helperLabels.job];
  if (jobId === undefined) {
    const ageHours = (Date.now() - helper.createdAt.getTime()) / 3_600_000;
    if (ageHours > requestHelperHours) await engine.removeHelper(helper.id);
    return;
  }
  const job = await ports.db.job.findUnique({ where: { id: jobId }, select: { state: true } });
  if (job?.state === 'queued' || job?.state === 'running') return;
  // A backup that works on although its database is gone may as well end; its containers wait for it.
  if (job === null && helper.state === 'running') return;
  const note = helper.labels[helperLabels.restartNote];
  if (job === null && note !== undefined) {
    const left = await restart(ports, engine, Value.Parse(RestartNote, JSON.parse(note)));
    // Its label is all that tells of them.
    if (left !== null) return;
  }
  await engine.removeHelper(helper.id);
}

/** Gives what is left to be done; null when all is. */
async function restart({ log }: Ports, engine: Engine, note: RestartNote): Promise<RestartNote | null> {
  const { left, failure, complaints } = await carryOutRestart(engine, note);
  if (failure !== null) log.warn({ err: failure, host: engine.host }, 'containers could not be started again');
  for (const { text } of complaints)
    log.warn({ host: engine.host, complaint: text }, 'a command that ends what a backup began has failed');
  return left;
}
