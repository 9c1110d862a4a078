import type { JobHandler } from '../jobs/handler.ts';
import { checkHandler } from './check-handler.ts';
import { importHandler } from './import-handler.ts';
import { measureHandler } from './measure-handler.ts';
import { pruneHandler } from './prune-handler.ts';
import { rotateHandler } from './rotate-handler.ts';
import { testHandler } from './test-handler.ts';

/** What the workers do for the kinds of job of this domain. */
export const repositoryHandlers = {
  repository_check: checkHandler,
  repository_prune: pruneHandler,
  repository_rotate_password: rotateHandler,
  repository_import: importHandler,
  repository_test: testHandler,
  repository_measure: measureHandler,
} satisfies Record<string, JobHandler>;
