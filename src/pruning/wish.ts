import { fail } from '../errors.ts';
import type { PruneKind, PruneRequest } from './model.ts';
import { readUntil } from './until.ts';

/** Which labels an object must have and must not have, each as `key` or `key=value`. */
export interface LabelWish {
  readonly label: readonly string[];
  readonly notLabel: readonly string[];
}

interface Made {
  /** Only what was made before. */
  readonly before: Date | null;
  readonly labels: LabelWish;
}

export interface ContainerWish extends Made {
  /** Also what Docker Compose made. */
  readonly compose: boolean;
}

export type NetworkWish = ContainerWish;

export interface ImageWish extends Made {
  readonly dangling: boolean;
}

export interface VolumeWish {
  readonly labels: LabelWish;
  readonly all: boolean;
  readonly compose: boolean;
  /** Only what was not used since. */
  readonly unusedSince: Date | null;
  /** When the plan was made: what was used after that stays. */
  readonly plannedAt: Date;
  readonly includeProtected: ReadonlySet<string>;
}

export interface BuildCacheWish {
  readonly unusedSince: Date | null;
  readonly ids: ReadonlySet<string> | null;
  readonly all: boolean;
  readonly keepBytes: number | null;
}

/** What a plan was asked for, with every time made absolute; a kind that is null was not asked for. */
export interface Wish {
  /** Only what belongs to this project. */
  readonly project: string | null;
  readonly container: ContainerWish | null;
  readonly network: NetworkWish | null;
  readonly image: ImageWish | null;
  readonly volume: VolumeWish | null;
  readonly build_cache: BuildCacheWish | null;
}

/** Reads a request, durations counted back from `now`. Throws `invalid_input`. */
export function readWish(request: PruneRequest, now: Date): Wish {
  refuseHalfCharacters(request);
  const { containers, networks, images, volumes, buildCache, project = null } = request;
  const shared = Object.entries({ networks, images, buildCache }).find(([, wish]) => wish !== undefined)?.[0];
  if (project !== null && shared !== undefined)
    throw fail('invalid_input', {
      detail: `/${shared}: what projects share is cleaned up by a plan without a project.`,
      errors: [{ path: `/${shared}`, rule: 'project', message: 'belongs to no project' }],
    });
  const wish = {
    project,
    container: containers === undefined ? null : { ...made('containers', containers, now), ...composed(containers) },
    network: networks === undefined ? null : { ...made('networks', networks, now), ...composed(networks) },
    image: images === undefined ? null : { ...made('images', images, now), dangling: images.dangling ?? true },
    volume: volumes === undefined ? null : volumeWish(volumes, now),
    build_cache: buildCache === undefined ? null : buildCacheWish(buildCache, now),
  };
  if (Object.values({ containers, networks, images, volumes, buildCache }).every((one) => one === undefined))
    throw fail(
      'invalid_input',
      'Name at least one of containers, networks, images, volumes and buildCache; `{}` takes all of a kind that is unused.',
    );
  return wish;
}

/** The same wish, for one kind alone. */
export function onlyKind(wish: Wish, kind: PruneKind): Wish {
  const none = { container: null, network: null, image: null, volume: null, build_cache: null };
  return { project: wish.project, ...none, [kind]: wish[kind] };
}

/** Whether labels are as wished. A key alone is met by any value. */
export function fits(labels: Readonly<Record<string, string>>, { label, notLabel }: LabelWish): boolean {
  return label.every((one) => has(labels, one)) && !notLabel.some((one) => has(labels, one));
}

function has(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const end = wanted.indexOf('=');
  const key = end === -1 ? wanted : wanted.slice(0, end);
  if (!Object.hasOwn(labels, key)) return false;
  return end === -1 || labels[key] === wanted.slice(end + 1);
}

/** PostgreSQL keeps no text with half a character in it, and Docker has none. */
function refuseHalfCharacters(request: PruneRequest): void {
  const odd = textsIn(request).find((text) => !text.isWellFormed());
  if (odd !== undefined) throw fail('invalid_input', `"${odd.toWellFormed()}" holds half a character.`);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

interface Labelled {
  readonly label?: readonly string[];
  readonly notLabel?: readonly string[];
}

function labelWish({ label = [], notLabel = [] }: Labelled): LabelWish {
  return { label, notLabel };
}

function made(field: string, wish: Labelled & { readonly until?: string }, now: Date): Made {
  return { before: readUntil(`${field}/until`, wish.until, now), labels: labelWish(wish) };
}

function composed({ compose = false }: { readonly compose?: boolean }): { readonly compose: boolean } {
  return { compose };
}

function volumeWish(volumes: NonNullable<PruneRequest['volumes']>, now: Date): VolumeWish {
  const { all = false, unusedFor, includeProtected = [] } = volumes;
  return {
    labels: labelWish(volumes),
    all,
    ...composed(volumes),
    unusedSince: unusedFor === undefined ? null : new Date(now.getTime() - unusedFor * 1000),
    plannedAt: now,
    includeProtected: new Set(includeProtected),
  };
}

function buildCacheWish(buildCache: NonNullable<PruneRequest['buildCache']>, now: Date): BuildCacheWish {
  const { until, ids, all = false, keepBytes = null } = buildCache;
  const unusedSince = readUntil('buildCache/until', until, now);
  return { unusedSince, ids: ids === undefined ? null : new Set(ids), all, keepBytes };
}
