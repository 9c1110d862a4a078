import { type Actor, reaches, scopeOf } from '../access/roles.ts';
import type { ContainerState } from '../containers/model.ts';
import type { Reader } from '../database/client.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { ShareConsumer } from './attachment-model.ts';
import { shownTo } from './shown-shares.ts';
import { loadUses, type Use } from './uses.ts';

/** What uses a share, by container and target, as far as the caller may see it. */
export async function listConsumers(
  db: Reader,
  actor: Actor,
  share: string,
  isViolation: boolean | undefined,
  limit: number,
  cursor?: string,
): Promise<Page<ShareConsumer>> {
  const [afterId = '', afterTarget = ''] = cursor === undefined ? [] : decodeCursor(cursor, 2);
  const consumers = (await consumersOf(db, actor, [share])).filter(
    ({ container: { id }, target, ...consumer }) =>
      (isViolation === undefined || consumer.isViolation === isViolation) &&
      (cursor === undefined || id > afterId || (id === afterId && target > afterTarget)),
  );
  const keyOf = ({ container, target }: ShareConsumer) => [container.id, target];
  return toPage(consumers.slice(0, limit + 1), limit, keyOf, (consumer) => consumer);
}

/** What uses these shares, as far as the caller may see it. A constant number of statements. */
export async function consumersOf(db: Reader, actor: Actor, names: readonly string[]): Promise<ShareConsumer[]> {
  const now = new Date();
  const shares = await db.share.findMany({ where: { AND: [{ name: { in: [...names] } }, shownTo(actor, now)] } });
  const scope = scopeOf(actor, 'read');
  const projects = new Map(shares.map(({ name, project }) => [name, project]));
  return (await loadUses(db, shares, now))
    .filter(({ share, container }) => reaches(scope, projects.get(share) ?? null) || reaches(scope, container.project))
    .map(toConsumer)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ container, target }: ShareConsumer): string {
  return `${container.id} ${target}`;
}

function toConsumer({ container, decision, readOnly, ...use }: Use): ShareConsumer {
  const { id, name, state, project, environment } = container;
  return {
    share: use.share,
    host: use.host,
    // Written by the inventory, in Docker's words.
    container: { id, name, state: state as ContainerState, project, environment },
    target: use.target,
    type: use.type,
    source: use.source,
    by: use.by,
    access: readOnly ? 'ro' : 'rw',
    granted: grantedBy(decision),
    rule: decision.rule,
    attachments: [...use.attachments],
    isViolation: decision.verdict === 'deny',
    reason: decision.reason,
  };
}

/** A rule that gives less than what is done gives something all the same. */
function grantedBy(decision: Use['decision']): ShareConsumer['granted'] {
  if (decision.verdict === 'allow') return decision.access;
  return decision.cause === 'read_only' ? 'ro' : null;
}
