/** What an operation does to the world, and thereby who may call it. */
export type Permission = 'read' | 'inspect' | 'operate' | 'administer' | 'audit';

/** The roles that a binding can give. */
export const roleNames = ['viewer', 'operator', 'admin', 'auditor'] as const;
export type Role = (typeof roleNames)[number];

/** What each role permits. */
export const permissionsOf: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['read', 'inspect'],
  operator: ['read', 'inspect', 'operate'],
  admin: ['read', 'inspect', 'operate', 'administer', 'audit'],
  auditor: ['inspect', 'audit'],
};

/** A role on everything (`project` null) or on one project. */
export interface Grant {
  readonly role: Role;
  readonly project: string | null;
}

/** Who calls: `subject` is `key:<id>`, `service:<name>`, `user:<issuer>|<sub>` or `system`. */
export interface Actor {
  readonly subject: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  /** The API key that was sent, or that a session was made from; undefined for a user of the issuer and for the system. */
  readonly key?: SentKey;
  /** The key, or one that it hangs on, was narrowed to some roles: what is shared with its subject in person is not its own. */
  readonly isNarrowed?: true;
  /** The credential was a session: it cannot be exchanged for another one. */
  readonly isSession?: true;
}

/** What a call needs to know of the API key that it came with. */
export interface SentKey {
  readonly id: string;
  /** When it ends, as far as that is known: a key that it makes ends no later. */
  readonly expiresAt: Date | null;
  /** How many keys it hangs on, one made with the other. */
  readonly depth: number;
  /** Hash of the very key that was sent. A session lasts no longer than that one. */
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** The subject whom rules about a person are about; null for a key that was narrowed to less than its subject. */
export function personOf({ subject, isNarrowed }: Pick<Actor, 'subject' | 'isNarrowed'>): string | null {
  return isNarrowed ? null : subject;
}

/** What tells the credentials of a subject apart: one key must not get what another one was answered. */
export function credentialOf({ subject, key }: Pick<Actor, 'subject' | 'key'>): string {
  return key === undefined ? subject : `key:${key.id}`;
}

/** The projects that a caller reaches with a permission. */
export type ProjectScope = 'all' | readonly string[];

/** Where `actor` has `permission`: everywhere, or in these projects (none: an empty list). */
export function scopeOf(actor: Actor, permission: Permission): ProjectScope {
  const grants = actor.grants.filter((grant) => permissionsOf[grant.role].includes(permission));
  if (grants.some((grant) => grant.project === null)) return 'all';
  return [...new Set(grants.flatMap((grant) => grant.project ?? []))];
}

/** Whether a scope reaches what belongs to `project`; what belongs to no project is reached by `all` only. */
export function reaches(scope: ProjectScope, project: string | null): boolean {
  return scope === 'all' || (project !== null && scope.includes(project));
}

/** The actor behind work that nobody asked for, such as the inventory. */
export const systemActor: Actor = { subject: 'system', name: 'system', grants: [{ role: 'admin', project: null }] };

/** The one project of all of these, grants or objects; null when they are of several, or of none. */
export function projectOfAll(all: readonly { readonly project: string | null }[]): string | null {
  const [first] = all;
  return first !== undefined && all.every(({ project }) => project === first.project) ? first.project : null;
}
