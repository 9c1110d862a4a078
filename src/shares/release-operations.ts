import { fail } from '../errors.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command } from '../operation.ts';
import { object, T } from '../schema.ts';
import { ShareName } from './model.ts';
import { findShareRow, shareNotFound } from './store.ts';
import { shareTarget } from './targets.ts';

export const letGo = command('shares.letGo', {
  permission: 'operate',
  reach: shareTarget,
  summary: 'Start a container again that was stopped or paused for the rules of a share',
  description:
    'Once it breaks them no more: give it a rule, or let the share leave violations. Else the job fails, with `share_violation`.',
  input: object({
    share: ShareName,
    container: T.String({
      minLength: 1,
      maxLength: 255,
      description: 'Name or id of a container that a job of the share stopped or paused.',
    }),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { share: name, container }) {
    const { db } = context.ports;
    const share = await findShareRow(db, name);
    if (share === null) throw shareNotFound(name);
    const done = await db.job.findFirst({
      where: {
        kind: 'share_enforce',
        hostName: share.hostName,
        state: 'succeeded',
        AND: [
          { input: { path: ['share'], equals: name } },
          {
            OR: [
              { input: { path: ['container'], equals: container } },
              { input: { path: ['containerName'], equals: container } },
            ],
          },
        ],
      },
      orderBy: { createdAt: 'desc' },
      select: { input: true },
    });
    if (done === null)
      throw fail(
        'container_not_found',
        `No job of the share "${name}" has stopped or paused a container "${container}".`,
      );
    return await enqueueJob(context, {
      kind: 'share_let_go',
      host: share.hostName,
      volume: share.volumeName,
      project: share.project,
      // Written by the job that stopped it.
      input: done.input ?? {},
    });
  },
});
