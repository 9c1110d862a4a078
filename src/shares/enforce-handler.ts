import Value from 'typebox/value';
import { type Actor, reaches, scopeOf } from '../access/roles.ts';
import { fail } from '../errors.ts';
import { refreshContainer } from '../hosts/read.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { EnforcementInput } from './enforcement-input.ts';
import type { Share } from './model.ts';
import { findShareRow } from './store.ts';
import { loadUses } from './uses.ts';

type Reaction = Exclude<Share['onViolation'], 'leave'>;
const doneWords = { stop: 'stopped', pause: 'paused' } as const satisfies Record<Reaction, string>;

function locks({ host, input }: Pick<RunningJob, 'host' | 'input'>) {
  return [{ resource: `container/${host}/${Value.Parse(EnforcementInput, input).container}`, slots: 1 }];
}

function authorize(actor: Actor, { project }: Pick<RunningJob, 'project'>): void {
  if (!reaches(scopeOf(actor, 'operate'), project))
    throw fail(
      'forbidden',
      `${actor.subject} may not "operate" project "${project}" any more; the job was not started.`,
    );
}

/** Stops or pauses a container that uses a share against its rules. */
export const enforceHandler: JobHandler = { locks, authorize, run: enforce };

/** Starts a container again that was stopped or paused so. */
export const letGoHandler: JobHandler = { locks, authorize, run: letGo };

async function enforce(job: RunningJob): Promise<JobResult> {
  const { ports, host, memory } = job;
  const { share: name, container: id, containerName } = Value.Parse(EnforcementInput, job.input);
  const reaction = await reactionNow(job, name, id);
  const engine = ports.engines.get(host);
  const container = reaction === null ? null : await engine.findContainer(id);
  const isActive = container !== null && activeStates[reaction ?? 'stop'].includes(container.state);
  if (reaction !== null && isActive) {
    // Written down before it is done: what was stopped can be found whatever comes between.
    await job.remember({ enforced: `${doneWords[reaction]} ${containerName}` });
    await job.log(
      'warn',
      `${containerName} uses the volume against the rules of the share "${name}"; it is ${doneWords[reaction]}.`,
    );
    if (reaction === 'stop') await engine.stopContainer(id);
    else await engine.pauseContainer(id);
  } else if (memory['enforced'] === undefined) {
    await job.log('info', `${containerName} breaks no rule that asks for it any more, or does not run; it is left.`);
  }
  // Also where nothing was done: what the inventory said of the container was old.
  await refreshContainer(ports, host, id);
  const { enforced } = job.memory;
  return { enforced: typeof enforced === 'string' ? [enforced] : [] };
}

/** States in which there is something to do. */
const activeStates: Record<Reaction, readonly string[]> = {
  stop: ['running', 'restarting', 'paused'],
  pause: ['running'],
};

/** What the share wants to be done with the container, by its rules of this moment; null for nothing. */
async function reactionNow({ ports: { db } }: RunningJob, name: string, containerId: string): Promise<Reaction | null> {
  const share = await findShareRow(db, name);
  if (share === null || (share.onViolation !== 'stop' && share.onViolation !== 'pause')) return null;
  const uses = await loadUses(db, [share], new Date());
  const isViolation = uses.some(
    ({ container, decision }) => container.id === containerId && decision.verdict === 'deny',
  );
  return isViolation ? share.onViolation : null;
}

async function letGo(job: RunningJob): Promise<JobResult> {
  const { ports, host } = job;
  const { share, container: id, containerName } = Value.Parse(EnforcementInput, job.input);
  if ((await reactionNow(job, share, id)) !== null)
    throw fail(
      'share_violation',
      `${containerName} would be stopped again: it still uses the volume against the rules of the share "${share}".`,
    );
  await ports.engines.get(host).startContainer(id);
  await refreshContainer(ports, host, id);
  return { enforced: [`started ${containerName}`] };
}
