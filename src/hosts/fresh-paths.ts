import type { Ports } from '../context.ts';
import {
  boundPaths,
  foldersOfVolumes,
  forgetOtherPaths,
  pathsCheckedSince,
  refreshHostPaths,
  saveHostPaths,
} from './host-paths.ts';
import { isProbed, lookAtPaths } from './probe-paths.ts';

type FreshPorts = Pick<Ports, 'db' | 'engines' | 'locks' | 'config' | 'log'>;

const freshMs = 10 * 60_000;
const usualSockets = ['/var/run/docker.sock', '/run/docker.sock'];
/** A path of more bytes fits into no index. */
const mostPathBytes = 2000;

/** Where the socket of an engine may be on its host; one that is reached through a socket says so itself. */
export function socketPaths(endpoint: string): string[] {
  const own =
    URL.canParse(endpoint) && endpoint.startsWith('unix:') ? [decodeURIComponent(new URL(endpoint).pathname)] : [];
  return [...new Set([...usualSockets, ...own])];
}

/**
 * Sees to it that the stored facts of every path that a container or a volume of a host binds, and of the engine's socket, are
 * not older than ten minutes, and so those of the folders of volumes whose owner matters; forgets the paths that nobody has bound any more. When two do this at once, the second
 * waits and finds it done. What did not answer is asked again after ten minutes. With `glance` the others are looked at as
 * well, but for what takes long: their entries are not counted anew. Throws what
 * {@link import('./probe-paths.ts').probePaths} throws; the stored facts then stay.
 */
export async function freshPaths(ports: FreshPorts, host: string, { glance = false } = {}): Promise<void> {
  const sockets = socketPaths(ports.engines.get(host).endpoint);
  await ports.locks.hold(`paths/${host}`, async () => {
    const wanted = [...new Set([...sockets, ...(await boundPaths(ports.db, host))])].filter(isKept);
    const startedAt = new Date();
    const fresh = await pathsCheckedSince(ports.db, host, new Date(startedAt.getTime() - freshMs));
    const stale = wanted.filter((path) => !fresh.has(path));
    const facts = await lookAtPaths(ports, host, stale);
    await saveHostPaths(ports.db, host, facts, startedAt);
    if (glance) {
      const others = wanted.filter((path) => fresh.has(path));
      await refreshHostPaths(ports.db, host, await lookAtPaths(ports, host, others, { counts: false }));
    }
    const folders = (await foldersOfVolumes(ports.db, host)).filter(isKept);
    const seldom = folders.filter((path) => !fresh.has(path) && !facts.has(path));
    await saveHostPaths(ports.db, host, await lookAtPaths(ports, host, seldom, { counts: false }), startedAt);
    await forgetOtherPaths(ports.db, host, [...wanted, ...folders]);
  });
}

function isKept(path: string): boolean {
  return isProbed(path) && Buffer.byteLength(path) <= mostPathBytes;
}
