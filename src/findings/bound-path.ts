import { posix } from 'node:path';
import type { MountFacts } from './facts.ts';

/** The path of the host that a mount gives to a container: that of a bind, or the folder that its volume binds. Null for other mounts. */
export function boundPathOf({ type, source, boundFolder }: MountFacts): string | null {
  const path = type === 'bind' ? source : boundFolder;
  return path === null || path === '' ? null : plain(path);
}

/** The bound path as it was given, and where it leads when every symbolic link is followed, as far as that is known. */
export function boundNamesOf(mount: MountFacts): readonly string[] {
  const given = boundPathOf(mount);
  if (given === null) return [];
  const resolved = mount.path?.resolvedPath ?? null;
  return resolved === null ? [given] : [...new Set([given, plain(resolved)])];
}

/** Whether a path is this folder or somewhere below it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** `/srv/shop`, or `/srv/shop, which is /data/shop` when a link leads there. */
export function pathText(mount: MountFacts): string {
  const [given = '', resolved] = boundNamesOf(mount);
  return resolved === undefined ? given : `${given}, which is ${resolved},`;
}

/** The values of a mount that findings show. */
export function mountEvidence(mount: MountFacts): Record<string, string> {
  const [source = mount.source, resolvedPath] = boundNamesOf(mount);
  return {
    source,
    target: mount.target,
    readOnly: String(mount.readOnly),
    ...(resolvedPath === undefined ? {} : { resolvedPath }),
  };
}

function plain(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
