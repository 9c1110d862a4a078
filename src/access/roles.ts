/** What an operation does to the world, and thereby who may call it. */
export type Permission = 'read' | 'inspect' | 'operate' | 'administer' | 'audit';

/** The roles that a binding can give. */
export const roleNames = ['viewer', 'operator', 'admin', 'auditor'] as const;
export type Role = (typeof roleNames)[number];

const permissionsOf: Record<Role, readonly Permission[]> = {
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

/** Who calls: `subject` is `key:<id>`, `user:<issuer>|<sub>` or `system`. */
export interface Actor {
  readonly subject: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  /** The credential was a session: it cannot be exchanged for another one. */
  readonly isSession?: true;
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

/** The one project of all grants; null when they are on several, or on everything. */
export function projectOfAll(grants: readonly Grant[]): string | null {
  const [first] = grants;
  return first !== undefined && grants.every(({ project }) => project === first.project) ? first.project : null;
}
