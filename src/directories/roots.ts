import { fail } from '../errors.ts';

/** The root that is named, or the first. Throws `folder_not_allowed` when it is none of the allowed roots, and when there are none. */
export function requireAllowedRoot(root: string | undefined, allowed: readonly string[]): string {
  const [first] = allowed;
  if (first === undefined)
    throw fail(
      'folder_not_allowed',
      'No folder of a host may be written to; name the roots of the projects in STOWAGE_ALLOWED_ROOTS.',
    );
  if (root === undefined || allowed.includes(root)) return root ?? first;
  throw fail('folder_not_allowed', {
    detail: `"${root}" is none of the allowed roots: ${allowed.join(', ')}.`,
    errors: [{ path: '/root', rule: 'allowedRoots', message: 'none of the allowed roots' }],
  });
}
