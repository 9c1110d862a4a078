import { fail } from '../errors.ts';
import type { Target } from '../operation.ts';

/** For what is to be made in a project, or for everything: there is nothing yet that could be hidden. */
export const administeredProject: Target<{ project?: string }> = {
  find: async (_context, { project = null }: { project?: string | null }) => ({ project }),
  absent: ({ project }) =>
    fail('forbidden', `You do not administer ${project === undefined ? 'everything' : `project "${project}"`}.`),
};
