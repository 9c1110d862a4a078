import { isWithin } from './bound-path.ts';
import type { HostFacts } from './facts.ts';

const directories = new Set([
  '/etc',
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/boot',
  '/dev',
  '/proc',
  '/sys',
  '/root',
  '/var',
  '/run',
  '/var/run',
]);

/** Of these everything below is the system's as well. */
const trees = ['/proc', '/sys', '/dev', '/boot'];

/** The directory of the system that this path gives away: itself, one that it lies in, or Docker's own. The whole host is none of them. */
export function systemDirectoryOf(path: string, { rootFolder }: HostFacts): string | null {
  if (path === '/') return null;
  if (directories.has(path)) return path;
  const tree = trees.find((one) => isWithin(path, one));
  if (tree !== undefined) return tree;
  const holdsDocker = rootFolder !== null && (isWithin(path, rootFolder) || isWithin(rootFolder, path));
  return holdsDocker ? rootFolder : null;
}
