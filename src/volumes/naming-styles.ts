import type { Config } from '../config.ts';
import { fail } from '../errors.ts';
import { composeLabels } from '../hosts/read.ts';

/** The styles of names that an installation can ask for, and what becomes of a name that fits none of them. */
export type NamingStyle = Config['naming']['styles'][number];
export type Naming = Pick<Config['naming'], 'mode'> & { readonly styles: readonly NamingStyle[] };

/** What a name is judged with. */
export interface NamedVolume {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly project: string | null;
  readonly environment: string | null;
}

type Attributes = Pick<NamedVolume, 'project' | 'environment'>;

/** Words for one environment each: a volume of `production` may be called `prod-mysql`. */
const environments: readonly (readonly string[])[] = [
  ['prod', 'production', 'live'],
  ['staging', 'stage', 'preprod', 'uat'],
  ['test', 'testing', 'qa', 'ci'],
  ['dev', 'development', 'local'],
];

/** What a volume can be for. `data`, `storage` and `volume` are none: every volume is that. */
const functions: ReadonlySet<string> = new Set(
  `archive archives assets backup backups build builds cache caches certificates certs config configs configuration database
  databases db download downloads dump dumps export exports import imports index indexes log logs mail media metrics processing
  queue queues scratch search secrets session sessions snapshots spool state static temp temporary tmp upload uploads`.split(
    /\s+/,
  ),
);

/** Of the name that an example is made of; Docker takes 255 characters in all. */
const longestPart = 120;

const words = /^[a-z0-9]+([-_.][a-z0-9]+)*$/;
const separator = /[-_.]/;
const anonymousName = /^[0-9a-f]{64}$/;

/** Why a name does not fit a style, as the end of a sentence; null when it fits. */
const judges: Readonly<Record<NamingStyle, (name: string, attributes: Attributes) => string | null>> = {
  project(name, { project }) {
    if (project === null)
      return isWords(name) && separator.test(name)
        ? null
        : 'it does not begin with a project and a word for what it holds';
    const prefix = project.toLowerCase();
    return isWords(afterPrefix(name, prefix)) ? null : `it does not begin with its project, as "${prefix}-…"`;
  },
  environment(name, { environment }) {
    const known = environment === null ? environments.flat() : wordsFor(environment);
    if (known.some((word) => isWords(afterPrefix(name, word)))) return null;
    return environment === null
      ? 'it does not begin with an environment, as "prod-…" or "test-…"'
      : `it does not begin with its environment, as ${known.map((word) => `"${word}-…"`).join(' or ')}`;
  },
  function(name) {
    const parts = name.split(separator);
    const isFunction = parts.length > 1 && [parts[0], parts.at(-1)].some((word) => functions.has(word ?? ''));
    return isFunction && isWords(name)
      ? null
      : 'neither its first nor its last word says what it is for, as "cache-…" or "…-backup"';
  },
};

/** The styles that a name fits, of those that are asked for. */
export function fittingStyles(name: string, attributes: Attributes, styles: readonly NamingStyle[]): NamingStyle[] {
  return styles.filter((style) => judges[style](name, attributes) === null);
}

/**
 * Why the name of a volume is not as this installation wants it, a sentence for each style; empty when it fits one of them, and when
 * names are not judged. Nobody chose the names of anonymous volumes and those that Docker Compose gives.
 */
export function namingIssues(volume: NamedVolume, { mode, styles }: Naming): string[] {
  const { name } = volume;
  if (mode === 'off' || isGiven(volume) || fittingStyles(name, volume, styles).length > 0) return [];
  return styles.map((style) => `"${name}" does not fit the style "${style}": ${judges[style](name, volume)}.`);
}

/** Throws `volume_name_refused` for the name of a new volume that fits no style, where this installation refuses those. */
export function requireFittingName(volume: NamedVolume, naming: Naming): void {
  if (naming.mode !== 'deny') return;
  const issues = namingIssues(volume, naming);
  if (issues.length === 0) return;
  const examples = naming.styles.map((style) => `"${exampleName(volume, style)}"`).join(' or ');
  throw fail('volume_name_refused', {
    detail: `${issues.join(' ')} ${examples} would fit.`,
    errors: issues.map((message) => ({ path: '/name', rule: 'naming', message })),
  });
}

/** A name that fits a style, made of one that does not. */
export function exampleName(volume: NamedVolume, style: NamingStyle): string {
  const what = wordsOf(volume.name.toLowerCase().slice(0, longestPart)).join('-') || 'data';
  switch (style) {
    case 'project':
      return `${volume.project?.toLowerCase() ?? 'shop'}-${what}`;
    case 'environment':
      return `${wordsFor(volume.environment ?? 'prod')[0]}-${what}`;
    case 'function':
      return `${what}-backup`;
  }
}

function isGiven({ name, labels }: NamedVolume): boolean {
  const project = labels[composeLabels.project];
  const volume = labels[composeLabels.volume];
  return anonymousName.test(name) || (project !== undefined && volume !== undefined && name === `${project}_${volume}`);
}

/** The rest of a name that begins with a prefix and a separator; empty when it does not. */
function afterPrefix(name: string, prefix: string): string {
  return name.startsWith(prefix) && separator.test(name.charAt(prefix.length)) ? name.slice(prefix.length + 1) : '';
}

function wordsOf(text: string): string[] {
  return text.split(/[^a-z0-9]+/).filter((word) => word !== '');
}

function isWords(text: string): boolean {
  return words.test(text);
}

function wordsFor(environment: string): readonly string[] {
  const own = environment.toLowerCase();
  return environments.find((group) => group.includes(own)) ?? [own];
}
