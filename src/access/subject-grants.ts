import type { Reader } from '../database/client.ts';
import type { Grant, Role } from './roles.ts';

/** What these subjects may do, now. One statement, whose rows are roles: a subject may have a thousand projects. */
export async function grantsOfSubjects(db: Reader, subjects: readonly string[]): Promise<Map<string, Grant[]>> {
  const rows = await db.$queryRaw<{ subject: string; role: Role; projects: (string | null)[] }[]>`
    select subject, role, array_agg(project order by created_at, id) as projects from role_bindings
    where subject = any(${[...subjects]}::text[]) group by subject, role order by min(created_at), role`;
  const grants = new Map<string, Grant[]>(subjects.map((subject) => [subject, []]));
  for (const { subject, role, projects } of rows)
    grants.get(subject)?.push(...projects.map((project) => ({ role, project })));
  return grants;
}

/** What a subject may do, now. */
export async function grantsOf(db: Reader, subject: string): Promise<Grant[]> {
  return (await grantsOfSubjects(db, [subject])).get(subject) ?? [];
}
