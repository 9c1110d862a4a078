/** Folder of the dumps of a volume's database, inside of every snapshot. */
export function dumpFolder(host: string, volume: string): string {
  return `/dumps/${host}/${volume}`;
}

/** Folder of an image (by id), inside of every snapshot. */
export function imageFolder(host: string, id: string): string {
  return `/images/${host}/${id.replace(/^sha256:/, '')}`;
}
