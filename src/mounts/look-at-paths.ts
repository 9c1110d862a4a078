import type { ProjectScope } from '../access/roles.ts';
import type { Ports } from '../context.ts';
import { isFailure } from '../errors.ts';
import type { PathFacts, Surroundings } from '../findings/facts.ts';
import { probePaths } from '../hosts/read.ts';
import type { EvaluationGap } from './evaluation-model.ts';

/** What was found at paths of a host. */
export interface LookedAt {
  readonly paths: ReadonlyMap<string, PathFacts>;
  /** With the engine's sockets as they were found just now. */
  readonly around: Surroundings;
  readonly gaps: readonly EvaluationGap[];
}

/** Longest that a caller waits for a host to look at its paths, and for a single path of it. */
const waiting = { seconds: 20, pathSeconds: 2 } as const;

/**
 * Looks at paths of a host for an evaluation. Whoever may read one project only is told of nothing but what lies below
 * the allowed roots: to name a path is not to have it, and the rest of the host belongs to no project. What cannot be
 * looked at stays unknown, and is named as a gap.
 */
export async function lookAtPaths(
  ports: Pick<Ports, 'engines' | 'config' | 'log'>,
  scope: ProjectScope,
  around: Surroundings,
  wanted: readonly string[],
): Promise<LookedAt> {
  const all = [...new Set(wanted)];
  const allowed = all.filter((path) => scope === 'all' || isBelowAny(path, around.allowedRoots));
  if (all.length === 0) return { paths: new Map(), around, gaps: [] };
  const gaps: EvaluationGap[] = [];
  if (allowed.length < all.length)
    gaps.push(gap('Only who may read everything is told of paths outside of the allowed roots', without(all, allowed)));
  if (allowed.length === 0) return { paths: new Map(), around, gaps };

  const sockets = around.host.sockets.map(({ path }) => path);
  try {
    const paths = await probePaths(ports, around.host.name, [...new Set([...allowed, ...sockets])], waiting);
    const silent = allowed.filter((path) => !paths.has(path));
    if (silent.length > 0) gaps.push(gap('The host did not answer in time', silent));
    return { paths, around: withSockets(around, paths), gaps };
  } catch (error) {
    if (!isFailure(error)) throw error;
    ports.log.warn({ err: error, host: around.host.name }, 'paths of an evaluation could not be looked at');
    return { paths: new Map(), around, gaps: [...gaps, gap(`The host could not be asked (${error.code})`, allowed)] };
  }
}

function withSockets(around: Surroundings, paths: ReadonlyMap<string, PathFacts>): Surroundings {
  const sockets = around.host.sockets.map(({ path, identity }) => ({
    path,
    identity: paths.get(path)?.identity ?? identity,
  }));
  return { ...around, host: { ...around.host, sockets } };
}

function isBelowAny(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}/`));
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((path) => !some.includes(path));
}

function gap(why: string, paths: readonly string[]): EvaluationGap {
  const shown = paths.slice(0, 5).join(', ');
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return { about: 'paths', detail: `${why}: what is at ${shown}${more} is not known.` };
}
