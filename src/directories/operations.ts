import { fail } from '../errors.ts';
import { requireHost } from '../hosts/read.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command, type Target } from '../operation.ts';
import { HostName, object, ProjectName, T } from '../schema.ts';
import { conventionalFolders, FolderMode, FolderName, ownership } from './model.ts';
import { requireAllowedRoot } from './roots.ts';

/** The folders belong to the project that they are named after. */
const projectTarget: Target<{ project: string }> = {
  find: async (_context, { project }) => ({ project }),
  absent: ({ project }) => fail('forbidden', `You do not administer project "${project}".`),
};

export const createProjectDirectories = command('directories.create', {
  permission: 'administer',
  reach: projectTarget,
  summary: 'Make the folders of a project on a host',
  description:
    'Below an allowed root (`STOWAGE_ALLOWED_ROOTS`), as `<root>/<project>/<folder>`. Folders that are there already stay as they are, unless `adopt` is true: then they, not what is in them, get owner and mode too. No link is followed.',
  input: object({
    host: HostName,
    project: ProjectName,
    root: T.Optional(
      T.String({
        minLength: 2,
        maxLength: 1024,
        description: 'One of the allowed roots; the first when not given.',
        examples: ['/srv/projects'],
      }),
    ),
    folders: T.Optional(
      T.Array(FolderName, {
        minItems: 1,
        maxItems: 20,
        uniqueItems: true,
        default: conventionalFolders,
        description: 'When not given: configs, data, logs and backups.',
      }),
    ),
    ...ownership,
    mode: T.Optional(T.String({ ...FolderMode, default: '0750' })),
    adopt: T.Optional(
      T.Boolean({ default: false, description: 'Whether folders that are there get owner and mode too.' }),
    ),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { host, project, root, folders = conventionalFolders, uid, gid, mode = '0750', adopt = false }) {
    await requireHost(context.ports.db, host);
    const allowed = requireAllowedRoot(root, context.ports.config.allowedRoots);
    const input = { root: allowed, project, folders, uid, gid, mode, adopt };
    return await enqueueJob(context, { kind: 'directories_create', host, volume: null, project, input });
  },
});
