/** Nothing has this name: it looks like an id, and ids are drawn by lot. */
const nobody = '0'.repeat(64);

/**
 * A name, id or image reference as a part of an engine's address; dockerode puts it there as it is. The engine answers an
 * address that is not clean (`..`, `.` or nothing between two slashes) with a redirect to the clean one, which dockerode
 * follows, be it to another server. No object has such a name, so the engine is asked for one that is not there.
 */
export function objectPath(name: string): string {
  const segments = name.split('/');
  return segments.some(isUnclean) ? nobody : segments.map(encode).join('/');
}

function isUnclean(segment: string): boolean {
  return segment === '' || segment === '.' || segment === '..';
}

/** Half a surrogate pair has no encoding; Docker's names have none. */
function encode(segment: string): string {
  return encodeURIComponent(segment.toWellFormed());
}
