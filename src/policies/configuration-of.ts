import { reaches, scopeOf } from '../access/roles.ts';
import { configurationRequest, findComposeProject } from '../configuration/read.ts';
import type { AdmittedContext } from '../context.ts';
import type { Reader } from '../database/client.ts';
import { imageRequest } from '../images/read.ts';
import type { JobRequest } from '../jobs/read.ts';
import type { Candidate } from './cover-store.ts';
import { type CoverSource, composeProjectsOf, type PolicySource } from './coverage.ts';

/** A backup that a policy asks for. */
export interface WantedJob {
  /** Tells it from others of the policy: `host/volume`, `host/compose:project`, `host/configuration:project` or `host/image:id`. */
  readonly address: string;
  readonly request: JobRequest;
}

/** Where backups of a policy go. */
export interface Where {
  readonly repositoryId: string;
  readonly copyTo: string[];
  /** Key of the policy or class. */
  readonly source: string;
}

interface ComposeProject {
  readonly host: string;
  readonly name: string;
  readonly project: string | null;
}

/**
 * What a policy keeps besides volumes: the definitions, and the images, of the Compose projects that the volumes are of. A
 * policy of one project keeps nothing of those that have containers of others.
 */
export async function configurationOf(
  { ports, actor }: AdmittedContext,
  source: CoverSource | PolicySource,
  volumes: readonly Candidate[],
  where: Where,
): Promise<{ readonly wanted: WantedJob[]; readonly skipped: string[] }> {
  if (source.configuration === 'none') return { wanted: [], skipped: [] };
  const found = await composeProjects(ports.db, volumes);
  const isOfAll = !('project' in source) || source.project === null;
  const seen = found.filter(({ project }) => isOfAll || project === source.project);
  const withFiles = isOfAll && reaches(scopeOf(actor, 'administer'), null);
  const definitions = seen.map(({ host, name, project }) => ({
    address: `${host}/configuration:${name}`,
    request: configurationRequest(host, { composeProject: name, project, withFiles, ...where }),
  }));
  const images = source.configuration === 'definitions_and_images' ? await imagesOf(ports.db, seen) : [];
  return {
    wanted: [
      ...definitions,
      ...images.map(({ host, ...image }) => ({
        address: `${host}/image:${image.imageId}`,
        request: imageRequest(host, { ...image, ...where }),
      })),
    ],
    skipped: found
      .filter((one) => !seen.includes(one))
      .map(({ host, name }) => `${host}/configuration:${name}: not all of its containers are of the policy's project`),
  };
}

/** Those that have containers: what is gone has no definition. */
async function composeProjects(db: Reader, volumes: readonly Candidate[]): Promise<ComposeProject[]> {
  const named = new Map(
    volumes.flatMap((volume) =>
      composeProjectsOf(volume).map((name) => [`${volume.host}/${name}`, { host: volume.host, name }] as const),
    ),
  );
  const found: ComposeProject[] = [];
  for (const { host, name } of named.values()) {
    const known = await findComposeProject(db, host, name);
    if (known !== null) found.push({ host, name, project: known.project });
  }
  return found;
}

/** The images of their containers, each once for a host. */
async function imagesOf(db: Reader, projects: readonly ComposeProject[]) {
  const rows = await db.container.findMany({
    where: { OR: projects.map(({ host, name }) => ({ hostName: host, composeProject: name })), imageId: { not: '' } },
    select: { hostName: true, imageId: true, image: true },
    distinct: ['hostName', 'imageId'],
    orderBy: [{ hostName: 'asc' }, { imageId: 'asc' }, { image: 'asc' }],
  });
  return rows.map(({ hostName: host, imageId, image }) => ({
    host,
    imageId,
    reference: image.startsWith('sha256:') ? null : image,
  }));
}
