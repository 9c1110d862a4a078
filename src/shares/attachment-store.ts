import { type Actor, reaches, scopeOf } from '../access/roles.ts';
import type { Prisma, Reader } from '../database/client.ts';
import { orGone, withParent } from '../database/with-parent.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import { specificationOf } from '../mounts/read.ts';
import type { Page } from '../schema.ts';
import type { AttachmentState, ShareAttachment } from './attachment-model.ts';
import { stateAt } from './decide.ts';
import { toAccessRule } from './rule-row.ts';
import { loadUses, type Use } from './uses.ts';

const include = { share: true, rule: true } as const satisfies Prisma.ShareAttachmentInclude;
export type AttachmentRow = Prisma.ShareAttachmentGetPayload<{ include: typeof include }>;

/** Writes an attachment down; a repeated call finds it. */
export async function createAttachment(
  db: Reader,
  attachment: Prisma.ShareAttachmentUncheckedCreateInput & { readonly id: string },
): Promise<AttachmentRow> {
  return await db.shareAttachment.upsert({ where: { id: attachment.id }, create: attachment, update: {}, include });
}

/** An attachment of a share; null when the share has no such one. */
export async function findAttachment(db: Reader, share: string, id: string): Promise<AttachmentRow | null> {
  return orGone(await db.shareAttachment.findFirst({ where: { id, share: { name: share } }, include }), 'share');
}

/** Whether the caller may see an attachment: of a share in reach, of a project in reach, or their own. */
export function isAttachmentShownTo(actor: Actor, { share, project, createdBy }: AttachmentRow): boolean {
  const scope = scopeOf(actor, 'read');
  return reaches(scope, share.project) || reaches(scope, project) || createdBy === actor.subject;
}

/** The attachments of a share that the caller may see, newest first. */
export async function listAttachments(
  db: Reader,
  actor: Actor,
  share: string,
  limit: number,
  cursor?: string,
): Promise<Page<ShareAttachment>> {
  const rows = await db.shareAttachment.findMany({
    where: { AND: [{ share: { name: share } }, shownTo(actor), olderThan(cursor)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include,
    take: limit + 1,
  });
  const keyOf = ({ createdAt, id }: ShareAttachment) => [createdAt, id];
  return toPage(await showAttachments(db, withParent(rows, 'share')), limit, keyOf, (attachment) => attachment);
}

/** The newest `most` attachments of these shares that the caller may see. */
export async function attachmentsOf(
  db: Reader,
  actor: Actor,
  shares: readonly string[],
  most: number,
): Promise<ShareAttachment[]> {
  const rows = await db.shareAttachment.findMany({
    where: { AND: [{ share: { name: { in: [...shares] } } }, shownTo(actor)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include,
    take: most,
  });
  return await showAttachments(db, withParent(rows, 'share'));
}

/** Gives an attachment up; what mounts the volume stays as it is. */
export async function releaseAttachment(db: Reader, id: string): Promise<void> {
  await db.shareAttachment.updateMany({ where: { id, releasedAt: null }, data: { releasedAt: new Date() } });
}

/** Notes of attachments when a container that fits was seen first. */
export async function noteAttached(db: Reader, uses: readonly Use[], at: Date): Promise<void> {
  const ids = [...new Set(uses.flatMap(({ attachments }) => attachments))];
  if (ids.length === 0) return;
  await db.shareAttachment.updateMany({ where: { id: { in: ids }, attachedAt: null }, data: { attachedAt: at } });
}

/** With the containers that mount them now. A constant number of statements. */
export async function showAttachments(db: Reader, rows: readonly AttachmentRow[]): Promise<ShareAttachment[]> {
  const now = new Date();
  const shares = [...new Map(rows.map(({ share }) => [share.name, share])).values()];
  const uses = await loadUses(db, shares, now);
  return rows.map((row) =>
    toAttachment(
      row,
      uses.filter(({ attachments }) => attachments.includes(row.id)),
      now,
    ),
  );
}

function toAttachment(row: AttachmentRow, uses: readonly Use[], now: Date): ShareAttachment {
  const { id, project, environment, target, createdBy, uid, gid, share } = row;
  // The column holds only words of the model.
  const access = row.access as ShareAttachment['access'];
  return {
    id,
    share: share.name,
    rule: row.ruleId,
    project,
    environment,
    container: row.containerName,
    target,
    access,
    state: stateOf(row, uses.length > 0, now),
    specification: specificationOf({ type: 'volume', name: share.volumeName, target, readOnly: access === 'ro' }),
    user: uid === null || gid === null ? null : { uid: Number(uid), gid: Number(gid) },
    containers: uses.map(({ container, readOnly }) => ({ id: container.id, name: container.name, readOnly })),
    createdBy,
    createdAt: row.createdAt.toISOString(),
    attachedAt: row.attachedAt?.toISOString() ?? null,
    releasedAt: row.releasedAt?.toISOString() ?? null,
  };
}

function stateOf({ rule, releasedAt, attachedAt }: AttachmentRow, isUsed: boolean, now: Date): AttachmentState {
  if (releasedAt !== null) return 'released';
  const ofRule = rule === null ? 'active' : stateAt(toAccessRule(rule), now);
  if (ofRule === 'expired' || ofRule === 'revoked') return ofRule;
  if (isUsed) return 'attached';
  return attachedAt === null ? 'granted' : 'detached';
}

function shownTo(actor: Actor): Prisma.ShareAttachmentWhereInput {
  const scope = scopeOf(actor, 'read');
  if (scope === 'all') return {};
  const project = { in: [...scope] };
  return { OR: [{ share: { project } }, { project }, { createdBy: actor.subject }] };
}

function olderThan(cursor: string | undefined): Prisma.ShareAttachmentWhereInput {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}
