import type { AdmittedContext } from '../context.ts';
import type { Database, Prisma } from '../database/client.ts';
import { type Failure, fail } from '../errors.ts';
import type { Finding } from './model.ts';
import { findingTarget } from './read.ts';
import { findFinding } from './store.ts';

/** What somebody says when they let a finding be. */
export interface Acknowledgement {
  readonly reason: string;
  readonly until: Date | null;
}

const nothing = { acknowledgedBy: null, acknowledgedAt: null, acknowledgedReason: null, acknowledgedUntil: null };

/** Throws `finding_not_found`, `finding_resolved` and `version_mismatch`. */
export async function acknowledge(
  context: AdmittedContext,
  finding: string,
  { reason, until }: Acknowledgement,
  expectedVersion: number | undefined,
): Promise<Finding> {
  return await edit(context, finding, expectedVersion, {
    state: 'acknowledged',
    acknowledgedBy: context.actor.subject,
    acknowledgedAt: new Date(),
    acknowledgedReason: reason,
    acknowledgedUntil: until,
  });
}

/** Does nothing to a finding that is open. Throws as {@link acknowledge}. */
export async function unacknowledge(
  context: AdmittedContext,
  finding: string,
  expectedVersion: number | undefined,
): Promise<Finding> {
  return await edit(context, finding, expectedVersion, { state: 'open', ...nothing });
}

/** A finding can be resolved, or edited by another, at any moment: the update itself says whether it was. */
async function edit(
  { ports: { db, notices } }: AdmittedContext,
  id: string,
  expectedVersion: number | undefined,
  data: Prisma.FindingUpdateManyMutationInput,
): Promise<Finding> {
  const { count } = await db.finding.updateMany({
    where: { id, activeKey: { not: null }, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) },
    data: { ...data, version: { increment: 1 } },
  });
  const finding = await found(db, id);
  if (count === 0) throw refusal(finding);
  await notices.publish({ topic: 'finding', id: finding.host });
  return finding;
}

function refusal({ id, state, version }: Finding): Failure {
  if (state === 'resolved')
    return fail('finding_resolved', `Finding ${id} is resolved; there is nothing to acknowledge.`);
  return fail('version_mismatch', `Finding ${id} has changed meanwhile (version ${version}); read it again.`);
}

async function found(db: Database, id: string): Promise<Finding> {
  const finding = await findFinding(db, id);
  if (finding === null) throw findingTarget.absent({ finding: id });
  return finding;
}
