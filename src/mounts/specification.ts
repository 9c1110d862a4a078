import { stringify } from 'yaml';
import type { MountSpecification } from './specification-model.ts';

/** A mount as somebody wants it. */
export type WantedMount =
  | { readonly type: 'volume'; readonly name: string | null; readonly target: string; readonly readOnly: boolean }
  | { readonly type: 'bind'; readonly source: string; readonly target: string; readonly readOnly: boolean }
  | ({ readonly type: 'tmpfs'; readonly target: string; readonly readOnly: boolean } & TmpfsSettings);

export interface TmpfsSettings {
  readonly sizeBytes: number;
  readonly noexec: boolean;
  readonly nosuid: boolean;
  readonly nodev: boolean;
  /** Octal digits, such as `1777`. */
  readonly mode: string | null;
}

/** How Docker is told of a mount, in each of its forms; null for a form that cannot express it. */
export function specificationOf(wanted: WantedMount): MountSpecification {
  return {
    volume: wanted.type === 'tmpfs' ? null : shortForm(wanted),
    tmpfs: wanted.type === 'tmpfs' ? tmpfsForm(wanted) : null,
    mount: longForm(wanted),
    compose: composeForm(wanted),
  };
}

type Volume = Extract<WantedMount, { type: 'volume' }>;
type Bind = Extract<WantedMount, { type: 'bind' }>;
type Tmpfs = Extract<WantedMount, { type: 'tmpfs' }>;

/** Colons divide the parts of `-v`, and nothing escapes one. */
function shortForm(wanted: Volume | Bind): string | null {
  const { target, readOnly } = wanted;
  const source = wanted.type === 'bind' ? wanted.source : wanted.name;
  if (source === null) return readOnly ? null : target;
  return source.includes(':') ? null : `${source}:${target}${readOnly ? ':ro' : ''}`;
}

function tmpfsForm(wanted: Tmpfs): string {
  return `${wanted.target}:${tmpfsWords(wanted).join(',')}`;
}

/** Each flag is said in so many words: who reads it need not know what Docker takes when nothing is said. */
function tmpfsWords({ readOnly, noexec, nosuid, nodev, sizeBytes, mode }: Tmpfs): string[] {
  return [
    readOnly ? 'ro' : 'rw',
    noexec ? 'noexec' : 'exec',
    nosuid ? 'nosuid' : 'suid',
    nodev ? 'nodev' : 'dev',
    `size=${sizeWord(sizeBytes)}`,
    ...(mode === null ? [] : [`mode=${mode}`]),
  ];
}

function sizeWord(bytes: number): string {
  const units = [
    [1024 ** 3, 'g'],
    [1024 ** 2, 'm'],
    [1024, 'k'],
  ] as const;
  const [size, letter] = units.find(([unit]) => bytes % unit === 0) ?? [1, ''];
  return `${bytes / size}${letter}`;
}

/** `--mount` takes one line of CSV. A tmpfs of that form has noexec, nosuid and nodev, and no word to do without. */
function longForm(wanted: WantedMount): string | null {
  if (wanted.type === 'tmpfs' && !(wanted.noexec && wanted.nosuid && wanted.nodev)) return null;
  const { type, target, readOnly } = wanted;
  const pairs: (readonly [string, string | null])[] = [
    ['type', type],
    ['source', sourceOf(wanted)],
    ['target', target],
    ['tmpfs-size', wanted.type === 'tmpfs' ? sizeWord(wanted.sizeBytes) : null],
    ['tmpfs-mode', wanted.type === 'tmpfs' ? wanted.mode : null],
  ];
  const fields = pairs.flatMap(([name, value]) => (value === null ? [] : [csvField(`${name}=${value}`)]));
  return [...fields, ...(readOnly ? ['readonly'] : [])].join(',');
}

function csvField(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function sourceOf(wanted: WantedMount): string | null {
  if (wanted.type === 'tmpfs') return null;
  return wanted.type === 'bind' ? wanted.source : wanted.name;
}

/** A compose file with nothing but the mount; a volume keeps its name, which Compose would else put its project in front of. */
function composeForm(wanted: WantedMount): string {
  if (wanted.type === 'tmpfs') return composeFile({ tmpfs: [literal(tmpfsForm(wanted))] }, null);
  const { type, target, readOnly } = wanted;
  const source = sourceOf(wanted);
  const mount = {
    type,
    ...(source === null ? {} : { source: literal(source) }),
    target: literal(target),
    ...(readOnly ? { read_only: true } : {}),
    // As with `--mount`: a misspelt path is an error and not a new folder of root.
    ...(type === 'bind' ? { bind: { create_host_path: false } } : {}),
  };
  return composeFile({ volumes: [mount] }, type === 'volume' ? source : null);
}

function composeFile(service: object, volume: string | null): string {
  const volumes = volume === null ? {} : { volumes: { [volume]: { name: volume } } };
  return stringify({ services: { app: service }, ...volumes }, { lineWidth: 0 });
}

/** Compose puts the value of a variable where a dollar sign stands alone. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
