import { posix } from 'node:path';
import type { BackupHook, Consistency } from '../backups/model.ts';
import { backupLabels, composeLabels } from '../hosts/read.ts';
import type { Schedule } from '../schedule.ts';
import type { DataClass, VolumeKind } from '../volumes/model.ts';
import type { PolicyConfiguration, PolicySelector } from './model.ts';
import type { Retention } from './retention.ts';

/** What a volume is chosen by. */
export interface CoverSubject {
  readonly host: string;
  readonly name: string;
  readonly kind: VolumeKind;
  readonly project: string | null;
  readonly environment: string | null;
  readonly class: DataClass | null;
  readonly labels: Readonly<Record<string, string>>;
  /** What the containers of the same project that have it mounted declare. */
  readonly declared: readonly Declaration[];
  /** Name of the repository that it holds. */
  readonly holdsRepository: string | null;
}

/** What the labels of a container say of its volumes; null: nothing. */
export interface Declaration {
  readonly policy: string | null;
  readonly backup: string | null;
  readonly class: DataClass | null;
  readonly composeProject: string | null;
}

/** What backs volumes up: a policy, or a class of data. */
export interface CoverSource {
  /** `policy/<id>` or `class/<name>`. */
  readonly key: string;
  readonly kind: 'policy' | 'class';
  readonly name: string;
  readonly schedule: Schedule | null;
  readonly jitterSeconds: number;
  /** Null: the default one. */
  readonly repositoryId: string | null;
  /** Null: those that the repository names. */
  readonly copyTo: readonly string[] | null;
  /** Null: that of the class of each volume. */
  readonly keep: Retention | null;
  readonly rpoSeconds: number | null;
  readonly rtoSeconds: number | null;
  readonly consistency: Consistency;
  readonly hooks: readonly BackupHook[];
  readonly configuration: PolicyConfiguration;
  readonly startWindowSeconds: number | null;
  readonly completionWindowSeconds: number | null;
  readonly nextRunAt: Date | null;
}

export interface PolicySource extends CoverSource {
  readonly kind: 'policy';
  readonly schedule: Schedule;
  readonly project: string | null;
  readonly selector: PolicySelector;
}

export interface ClassSource extends CoverSource {
  readonly kind: 'class';
  readonly keep: Retention;
}

/** Everything that may cover a volume; policies that are disabled are left out. */
export interface CoverSources {
  readonly policies: readonly PolicySource[];
  readonly classes: ReadonlyMap<DataClass, ClassSource>;
}

export interface Coverage {
  readonly sources: readonly CoverSource[];
  /** The class of the volume, which a container may declare as well. */
  readonly class: ClassSource | null;
  /** Why it is not backed up, where that is meant so. */
  readonly excluded: string | null;
  /** Names of policies that labels ask for and that do not cover it: there is no such policy, or it is for another project, or disabled. */
  readonly unknownPolicies: readonly string[];
}

/**
 * What backs a volume up: the policies that labels name; else all policies that select it; else its class. A pure function, so
 * that the schedule, the findings and what is shown cannot differ.
 */
export function coverageOf(volume: CoverSubject, { policies, classes }: CoverSources): Coverage {
  const className = volume.class ?? volume.declared.find((one) => one.class !== null)?.class ?? null;
  const dataClass = className === null ? null : (classes.get(className) ?? null);
  const excluded = exclusionOf(volume);
  const nothing = { sources: [], class: dataClass, unknownPolicies: [] };
  if (excluded !== null) return { ...nothing, excluded };
  const wanted = namedPolicies(volume);
  const reaching = policies.filter(({ project }) => project === null || project === volume.project);
  if (wanted.length > 0) {
    const sources = reaching.filter(({ name }) => wanted.includes(name));
    const unknownPolicies = wanted.filter((name) => !sources.some((source) => source.name === name));
    return { sources, class: dataClass, excluded: null, unknownPolicies };
  }
  const selecting = reaching.filter(({ selector }) => selects(selector, volume, className));
  if (selecting.length > 0) return { ...nothing, sources: selecting, excluded: null };
  if (volume.kind === 'anonymous') return { ...nothing, excluded: 'Anonymous volumes are left out by default.' };
  return { ...nothing, sources: dataClass === null || dataClass.schedule === null ? [] : [dataClass], excluded: null };
}

/** Compose projects that made a volume, or a container of its project that has it mounted; that of the volume first. */
export function composeProjectsOf({ labels, declared }: Pick<CoverSubject, 'labels' | 'declared'>): string[] {
  const named = [labels[composeLabels.project], ...declared.map((one) => one.composeProject)];
  return [...new Set(named.filter((project) => project != null))];
}

/** Why a volume is never backed up; null where it may be. */
export function exclusionOf({ labels, declared, holdsRepository }: CoverSubject): string | null {
  if (holdsRepository !== null) return `It holds the repository "${holdsRepository}".`;
  const own = labels[backupLabels.backup];
  const word = own ?? declared.find(({ backup }) => backup !== null)?.backup;
  if (word !== 'off') return null;
  return `Its label, or that of a container that has it mounted, says ${backupLabels.backup}=off.`;
}

function namedPolicies({ labels, declared }: CoverSubject): string[] {
  const said = [labels[backupLabels.policy] ?? null, ...declared.map(({ policy }) => policy)];
  return [...new Set(said.flatMap((text) => (text === null ? [] : text.split(',').map((name) => name.trim()))))].filter(
    (name) => name !== '',
  );
}

function selects(selector: PolicySelector, volume: CoverSubject, className: DataClass | null): boolean {
  const { hosts, environments, classes, composeProjects, labels, names, anonymous } = selector;
  if (volume.kind === 'anonymous' && !anonymous) return false;
  const composeOf = composeProjectsOf(volume);
  return (
    among(hosts, volume.host) &&
    among(environments, volume.environment) &&
    among(classes, className) &&
    (composeProjects?.some((project) => composeOf.includes(project)) ?? true) &&
    (labels?.every((label) => isLabelled(volume.labels, label)) ?? true) &&
    (names?.some((pattern) => matchesName(volume.name, pattern)) ?? true)
  );
}

function among<Word extends string>(wanted: readonly Word[] | null, value: Word | null): boolean {
  return wanted === null || (value !== null && wanted.includes(value));
}

function isLabelled(labels: Readonly<Record<string, string>>, label: string): boolean {
  const end = label.indexOf('=');
  return end === -1 ? Object.hasOwn(labels, label) : labels[label.slice(0, end)] === label.slice(end + 1);
}

/** Only `*` and `?` are special; a name of a volume holds no other character of a glob, but a pattern may. */
function matchesName(name: string, pattern: string): boolean {
  return posix.matchesGlob(name, pattern.replace(/[[\]{}()!@+|\\]/g, '\\$&'));
}
