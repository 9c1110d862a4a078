import type { Reader } from '../database/client.ts';
import type { Grant, Role } from './roles.ts';

/** What a subject has a role on; a subject may have a thousand projects. */
export interface GrantRow {
  readonly subject: string;
  readonly role: Role;
  /** Null: everything. */
  readonly projects: readonly (string | null)[];
}

/** What these subjects may do, now. One statement. */
export async function grantsOfSubjects(
  db: Reader,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, readonly Grant[]>> {
  const rows = await db.$queryRaw<GrantRow[]>`
    select subject, role, json_agg(project order by created_at, id) as projects from role_bindings
    where subject = any(${[...subjects]}::text[]) group by subject, role order by min(created_at), role`;
  return toGrants(rows);
}

/** What a subject may do, now. */
export async function grantsOf(db: Reader, subject: string): Promise<readonly Grant[]> {
  return (await grantsOfSubjects(db, [subject])).get(subject) ?? [];
}

/** By subject; who has none is not in it. */
export function toGrants(rows: readonly GrantRow[]): ReadonlyMap<string, readonly Grant[]> {
  const grants = new Map<string, Grant[]>();
  for (const { subject, role, projects } of rows) {
    const own = grants.get(subject) ?? [];
    own.push(...projects.map((project) => ({ role, project })));
    grants.set(subject, own);
  }
  return grants;
}
