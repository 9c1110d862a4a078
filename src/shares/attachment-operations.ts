import { reaches } from '../access/roles.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { SpecificationTarget } from '../mounts/read.ts';
import { command, query, type Target } from '../operation.ts';
import { object, ProjectName, paging, StringMap, T, Uuid } from '../schema.ts';
import { EnvironmentName } from '../volumes/model.ts';
import { ShareAttachment, ShareAttachmentPage, ShareConsumer, ShareConsumerPage } from './attachment-model.ts';
import * as store from './attachment-store.ts';
import { consumersOf, listConsumers } from './consumers.ts';
import { type Decision, decide } from './decide.ts';
import { ShareAccess, ShareName } from './model.ts';
import { ownerOfRoot } from './root-owner.ts';
import { shareForUse } from './share-for-use.ts';
import { shownShareTarget } from './targets.ts';

const address = { share: ShareName, attachment: Uuid };
const mostOfShares = 500;

/** An attachment belongs to the project that it was given to. */
const attachmentTarget: Target<{ share: string; attachment: string }> = {
  find: ({ ports }, { share, attachment }) => store.findAttachment(ports.db, share, attachment),
  absent: ({ share, attachment }) =>
    fail('share_attachment_not_found', `The share "${share}" has no attachment "${attachment}".`),
  async isShown({ ports, actor }, { share, attachment }) {
    const row = await store.findAttachment(ports.db, share, attachment);
    return row !== null && store.isAttachmentShownTo(actor, row);
  },
};

export const createAttachment = command('shareAttachments.create', {
  permission: 'operate',
  reach: shownShareTarget,
  summary: 'Attach a share to a container',
  description:
    'Answers how Docker is told to mount the volume, as far as a rule allows it: a rule that gives `ro` yields a read-only mount. Without `access` it is the most that the rules give. Nothing is started: the container that then appears is matched by its project, its name where one is given, and the target.',
  input: object({
    share: ShareName,
    project: T.String({
      ...ProjectName,
      description:
        'Project of the container (its label `stowage.project`, or its Compose project); one that the caller operates.',
    }),
    environment: T.Optional(EnvironmentName),
    container: T.Optional(
      T.String({
        minLength: 1,
        maxLength: 255,
        pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
        description: 'Name of the container; any of the project when not given.',
      }),
    ),
    labels: T.Optional({ ...StringMap, description: 'Labels of the container, for a rule about a label.' }),
    target: SpecificationTarget,
    access: T.Optional(ShareAccess),
  }),
  output: ShareAttachment,
  async run(context, { share: name, project, environment = null, container = null, labels = {}, target, access }) {
    const { ports, actor, scope, onceId } = context;
    if (!reaches(scope, project)) throw fail('forbidden', `You do not operate project "${project}".`);
    const share = await shareForUse(ports.db, name);
    const consumer = {
      project,
      environment,
      labels,
      subject: actor.subject,
      grants: actor.grants,
      certificate: null,
      attachedBy: [],
    };
    const decision = decide(share.rules, consumer, { ...share.volume, readOnly: access !== 'rw' }, new Date());
    const allowed = requireAllowed(decision, name);
    const owner = await ownerOfRoot(ports.db, share.hostName, share.volumeName);
    const row = await store.createAttachment(ports.db, {
      id: onceId,
      shareId: share.id,
      ruleId: allowed.rule,
      project,
      environment,
      containerName: container,
      target,
      access: access ?? allowed.access,
      uid: owner?.uid ?? null,
      gid: owner?.gid ?? null,
      createdBy: actor.subject,
    });
    await ports.notices.publish({ topic: 'inventory', id: share.hostName });
    return await shown(context, row);
  },
});

export const listAttachments = query('shareAttachments.list', {
  permission: 'read',
  reach: shownShareTarget,
  summary: 'List the attachments of a share, newest first',
  description: 'Who does not reach the project of the share sees those of projects in reach, and their own.',
  input: object({ share: ShareName, ...paging }),
  output: ShareAttachmentPage,
  run: ({ ports, actor }, { share, limit = 50, cursor }) =>
    store.listAttachments(ports.db, actor, share, limit, cursor),
});

export const getAttachment = query('shareAttachments.get', {
  permission: 'read',
  reach: { ...attachmentTarget, showingSuffices: true },
  summary: 'Read an attachment of a share',
  input: object(address),
  output: ShareAttachment,
  run: async (context, at) => shown(context, await requireAttachment(context, at)),
});

export const releaseAttachment = command('shareAttachments.release', {
  permission: 'operate',
  reach: attachmentTarget,
  summary: 'Give an attachment up',
  description:
    'A container that mounts the volume by it stays as it is; where only the attachment allowed that, it breaks the rules from now on.',
  input: object(address),
  output: ShareAttachment,
  async run(context, at) {
    const { id, share } = await requireAttachment(context, at);
    await store.releaseAttachment(context.ports.db, id);
    await context.ports.notices.publish({ topic: 'inventory', id: share.hostName });
    return await shown(context, await requireAttachment(context, at));
  },
});

export const listShareConsumers = query('shareConsumers.list', {
  permission: 'read',
  reach: shownShareTarget,
  summary: 'List what uses a share',
  description:
    'Every container that mounts the volume, under its name or by a path that leads into it: where, how, and what the rules say of it. Who does not reach the project of the share sees containers of projects in reach.',
  input: object({ share: ShareName, isViolation: T.Optional(T.Boolean()), ...paging }),
  output: ShareConsumerPage,
  run: ({ ports, actor }, { share, isViolation, limit = 50, cursor }) =>
    listConsumers(ports.db, actor, share, isViolation, limit, cursor),
});

export const attachmentsOfShares = query('shareAttachments.ofShares', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: `Its attachments that the caller may see, of the newest ${mostOfShares} of all shares that are asked for.`,
  input: object({ shares: T.Array(T.String(), { maxItems: 500 }) }),
  output: T.Array(ShareAttachment),
  run: ({ ports, actor }, { shares }) => store.attachmentsOf(ports.db, actor, shares, mostOfShares),
});

export const consumersOfShares = query('shareConsumers.ofShares', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'What uses it, as far as the caller may see it.',
  input: object({ shares: T.Array(T.String(), { maxItems: 500 }) }),
  output: T.Array(ShareConsumer),
  run: ({ ports, actor }, { shares }) => consumersOf(ports.db, actor, shares),
});

/** Throws `share_access_refused` with the reason. */
function requireAllowed(decision: Decision, share: string): Extract<Decision, { verdict: 'allow' }> {
  if (decision.verdict === 'allow') return decision;
  throw fail('share_access_refused', `${decision.reason} Ask for access: POST /v1/shares/${share}/requests.`);
}

async function requireAttachment({ ports }: AdmittedContext, at: { share: string; attachment: string }) {
  const row = await store.findAttachment(ports.db, at.share, at.attachment);
  if (row === null) throw attachmentTarget.absent(at);
  return row;
}

async function shown({ ports }: AdmittedContext, row: store.AttachmentRow): Promise<ShareAttachment> {
  const [attachment] = await store.showAttachments(ports.db, [row]);
  if (attachment === undefined) throw new Error('An attachment that was read is shown.');
  return attachment;
}
