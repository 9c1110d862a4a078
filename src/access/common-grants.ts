import { type Grant, permissionsOf, type Role, roleNames } from './roles.ts';

/** What two lists of grants both give: of each two that meet, the largest roles that lie within both. */
export function commonGrants(one: readonly Grant[], other: readonly Grant[]): Grant[] {
  const byProject = Map.groupBy(other, ({ project }) => project);
  const everywhere = byProject.get(null) ?? [];
  const common = one.flatMap((grant) => {
    const meeting = grant.project === null ? other : [...everywhere, ...(byProject.get(grant.project) ?? [])];
    return meeting.flatMap(({ role, project }) =>
      commonRoles(grant.role, role).map((shared) => ({ role: shared, project: grant.project ?? project })),
    );
  });
  return distinctGrants(common);
}

/** A role that was given twice could only be taken away twice. */
export function distinctGrants(grants: readonly Grant[]): Grant[] {
  return [...new Map(grants.map((grant) => [`${grant.role} ${grant.project ?? ''}`, grant])).values()];
}

/** The largest roles that permit nothing which either of these does not. */
function commonRoles(one: Role, other: Role): Role[] {
  if (one === other) return [one];
  const within = roleNames.filter((role) =>
    permissionsOf[role].every((permission) => [one, other].every((each) => permissionsOf[each].includes(permission))),
  );
  return within.filter((role) => !within.some((larger) => larger !== role && isWithin(role, larger)));
}

function isWithin(role: Role, larger: Role): boolean {
  return permissionsOf[role].every((permission) => permissionsOf[larger].includes(permission));
}
