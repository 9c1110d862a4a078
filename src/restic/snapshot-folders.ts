/** Folder of the dumps of a volume's database, inside of every snapshot. */
export function dumpFolder(host: string, volume: string): string {
  return `/dumps/${host}/${volume}`;
}

/** Folder of an image (by id), inside of every snapshot. */
export function imageFolder(host: string, id: string): string {
  return `/images/${host}/${id.replace(/^sha256:/, '')}`;
}

/** Where definitions lie, inside of every snapshot and in the helper that backs them up. */
const configurationRoot = '/configuration';

/** Folder of the definitions of a Compose project, or (null) of all of a host. */
export function configurationFolder(host: string, composeProject: string | null): string {
  const folder = `${configurationRoot}/${host}`;
  return composeProject === null ? folder : `${folder}/projects/${composeProject}`;
}
