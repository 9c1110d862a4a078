import type { JobRequest } from '../jobs/read.ts';
import type { ConfigurationBackupInput } from './job-input.ts';

export { findComposeProject } from './project-containers.ts';

/** The job that keeps what a Compose project (null: everything on the host) is made from. */
export function configurationRequest(
  host: string,
  { project, ...input }: ConfigurationBackupInput & { readonly project: string | null },
): JobRequest {
  return { kind: 'configuration_backup', host, volume: null, project, input };
}
