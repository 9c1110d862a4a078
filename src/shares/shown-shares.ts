import type { Actor } from '../access/roles.ts';
import { personOf, scopeOf } from '../access/roles.ts';
import type { Prisma } from '../database/client.ts';

/** The shares that a caller may see: of their projects, offered to them, or with a rule about them that is asked for or holds. */
export function shownTo(actor: Actor, now: Date): Prisma.ShareWhereInput {
  const scope = scopeOf(actor, 'read');
  if (scope === 'all') return {};
  const projects = [...scope];
  return {
    OR: [
      { project: { in: projects } },
      { offeredTo: 'everyone' },
      { offeredTo: 'projects', offeredProjects: { hasSome: projects } },
      { rules: { some: { AND: [concerning(actor), alive(now)] } } },
    ],
  };
}

/** The rules that are about a caller, or about a project that they may see; all rules of shares of their own projects. */
export function rulesShownTo(actor: Actor): Prisma.ShareRuleWhereInput {
  const scope = scopeOf(actor, 'read');
  if (scope === 'all') return {};
  return { OR: [{ share: { project: { in: [...scope] } } }, concerning(actor)] };
}

/** Requested or active, at this time. */
export function alive(now: Date): Prisma.ShareRuleWhereInput {
  return { state: { in: ['requested', 'active'] }, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
}

function concerning(actor: Actor): Prisma.ShareRuleWhereInput {
  const scope = scopeOf(actor, 'read');
  const projects = scope === 'all' ? [] : [...scope];
  const person = personOf(actor);
  return {
    OR: [
      { subjectKind: { in: ['user', 'service'] }, subjectValue: { in: person === null ? [] : [person] } },
      { subjectKind: 'project', subjectValue: { in: projects } },
      { subjectProject: { in: projects } },
    ],
  };
}
