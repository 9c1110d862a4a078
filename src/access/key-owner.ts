import type { Reader } from '../database/client.ts';
import type { Grant } from './roles.ts';

/** Whom a key belongs to. */
export interface KeyOwner {
  readonly isAccount: boolean;
  /** Of its service account. */
  readonly project: string | null;
  /** What its subject may do. */
  readonly grants: readonly Grant[];
}

/**
 * The owner of a key, or null when there is no such key. With one statement, whether it is there or not: who may not see it
 * must not tell the two apart by the time that it takes.
 */
export async function ownerOfKey(db: Reader, id: string): Promise<KeyOwner | null> {
  const [owner] = await db.$queryRaw<KeyOwner[]>`
    select k.subject like 'service:%' as "isAccount", a.project,
      (select coalesce(json_agg(json_build_object('role', b.role, 'project', b.project) order by b.created_at, b.id), '[]')
        from role_bindings b where b.subject = k.subject) as grants
    from api_keys k left join service_accounts a on a.subject = k.subject
    where k.id = ${id}::uuid`;
  return owner ?? null;
}
