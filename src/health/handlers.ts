import { reaches, scopeOf } from '../access/roles.ts';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { findVolume } from '../volumes/read.ts';
import { lookAtVolumes } from './look.ts';

/** Looks at a volume from outside; it only reads, and disturbs no other job. */
const healthHandler: JobHandler = {
  locks: ({ host, volume }) => [{ resource: `health/${host}/${volume}`, slots: 1 }],
  authorize(actor, { project, volume }) {
    if (!reaches(scopeOf(actor, 'operate'), project))
      throw fail(
        'forbidden',
        `${actor.subject} may not "operate" on volume "${volume}" any more; nothing was looked at.`,
      );
  },
  run: look,
};

async function look({ ports, host, volume: name }: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const volume = await findVolume(ports.db, host, name ?? '');
  if (volume === null) throw fail('volume_not_found', `Volume "${name}" is not on host "${host}" any more.`);
  await lookAtVolumes(ports, host, [volume.id]);
  return { seconds: (Date.now() - startedAt) / 1000 };
}

/** What the workers do for the kinds of job of this domain. */
export const healthHandlers = { health_check: healthHandler } satisfies Record<string, JobHandler>;
