import type { ComposeProject } from './compose-project.ts';
import { bytesOf, truth, words } from './compose-words.ts';
import { isGiven, items, member, members, misfit, type Part, quoted } from './document-part.ts';
import { isWindowsPath } from './mount-paths.ts';

const bindWords = ['private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared'];
const fields: Readonly<Record<string, readonly string[]>> = {
  '': ['type', 'source', 'target', 'read_only', 'consistency', 'bind', 'volume', 'tmpfs', 'image'],
  bind: ['propagation', 'create_host_path', 'selinux', 'recursive'],
  volume: ['nocopy', 'subpath', 'labels'],
  tmpfs: ['size', 'mode'],
  image: ['subpath'],
};

/** What an entry of a service's `volumes` becomes in the body of a request: an entry of `Binds`, or one of `Mounts`. */
export type Entry = { readonly bind: string } | { readonly mount: object };

/** An entry in either syntax. Throws the failure of the part where Docker Compose refuses it. */
export function readVolumeEntry(part: Part, project: ComposeProject): Entry {
  return typeof part.value === 'string' ? readShort(part, project) : readLong(part, project);
}

/** `[source:]target[:mode]`. A source that begins with a dot, a slash or a tilde is a path, any other a volume of the file. */
function readShort(part: Part, project: ComposeProject): Entry {
  const entry = words(part, project.variables);
  if (isWindowsPath(entry)) throw misfit(part, `${quoted(entry)} names a path of Windows; hosts here run Linux.`);
  const sections = entry.split(':');
  if (sections.includes('') || sections.length > 3)
    throw misfit(part, `${quoted(entry)} must be "source:target", "source:target:mode", or a target alone.`);
  const [first = '', target, mode = ''] = sections;
  if (target === undefined) return { mount: { Type: 'volume', Target: first } };
  const options = mode === '' ? [] : mode.split(',');
  const bind = {
    propagation: options.findLast((word) => bindWords.includes(word)) ?? '',
    selinux: labelAmong(options),
  };
  const common = { target, readOnly: options.findLast((word) => word === 'ro' || word === 'rw') === 'ro' };
  if (/^[./~]/.test(first)) return pathEntry({ ...common, ...bind, source: project.pathOf(part, first) });
  return volumeEntry({ ...common, source: project.volumeName(part, first), noCopy: options.includes('nocopy') });
}

function labelAmong(options: readonly string[]): string {
  return options.findLast((word) => word === 'z' || word === 'Z') ?? '';
}

function readLong(part: Part, project: ComposeProject): Entry {
  refuseUnknownFields(part);
  const { variables } = project;
  const word = (name: string) => words(member(part, name), variables);
  const within = (group: string, name: string) => member(member(part, group), name);
  const common = { target: word('target'), readOnly: truth(member(part, 'read_only'), variables) };
  const source = word('source');
  const type = word('type');
  switch (type) {
    case 'bind':
      if (source === '') throw misfit(member(part, 'source'), 'A bind has a source: a path on the host.');
      return pathEntry({
        ...common,
        source: project.pathOf(member(part, 'source'), source),
        propagation: words(within('bind', 'propagation'), variables),
        selinux: words(within('bind', 'selinux'), variables),
      });
    case 'volume':
      return volumeEntry({
        ...common,
        source: source === '' ? '' : project.volumeName(member(part, 'source'), source),
        noCopy: truth(within('volume', 'nocopy'), variables),
        subpath: words(within('volume', 'subpath'), variables),
      });
    case 'tmpfs': {
      const SizeBytes = bytesOf(within('tmpfs', 'size'), variables);
      return { mount: { Type: type, Target: common.target, ReadOnly: common.readOnly, TmpfsOptions: { SizeBytes } } };
    }
    case 'image':
      return { mount: { Type: type, Source: source, Target: common.target, ReadOnly: common.readOnly } };
    default:
      throw misfit(
        member(part, 'type'),
        `${quoted(type)} is no type of a volume; there are volume, bind, tmpfs and image.`,
      );
  }
}

function refuseUnknownFields(part: Part): void {
  for (const [group, names] of Object.entries(fields))
    for (const [name, field] of members(group === '' ? part : member(part, group)))
      if (!names.includes(name) && !name.startsWith('x-'))
        throw misfit(field, `${quoted(name)} is no field of a volume; there are ${names.join(', ')}.`);
}

interface PathWish {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly propagation: string;
  readonly selinux: string;
}

/** Only an entry of `Binds` can ask for a label. */
function pathEntry({ source, target, readOnly, propagation, selinux }: PathWish): Entry {
  if (selinux !== '') {
    const mode = [readOnly ? 'ro' : 'rw', selinux, propagation].filter((word) => word !== '').join(',');
    return { bind: `${source}:${target}:${mode}` };
  }
  const BindOptions = propagation === '' ? undefined : { Propagation: propagation };
  return { mount: { Type: 'bind', Source: source, Target: target, ReadOnly: readOnly, BindOptions } };
}

interface VolumeEntry {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly noCopy: boolean;
  readonly subpath?: string;
}

function volumeEntry({ source, target, readOnly, noCopy, subpath = '' }: VolumeEntry): Entry {
  const VolumeOptions = { NoCopy: noCopy, Subpath: subpath };
  return { mount: { Type: 'volume', Source: source, Target: target, ReadOnly: readOnly, VolumeOptions } };
}

/** The files of `secrets` or `configs` that a service mounts, read-only; what is made of text or variables is no mount. */
export function readFileEntries(
  service: Part,
  file: Part,
  kind: 'secrets' | 'configs',
  project: ComposeProject,
): Entry[] {
  const folder = kind === 'secrets' ? '/run/secrets/' : '/';
  const { variables } = project;
  return items(member(service, kind)).flatMap((entry) => {
    const isShort = typeof entry.value === 'string';
    const source = words(isShort ? entry : member(entry, 'source'), variables);
    const target = (isShort ? '' : words(member(entry, 'target'), variables)) || source;
    const definition = member(member(file, kind), source);
    if (!isGiven(definition)) throw misfit(entry, `The file has no ${kind} with the name ${quoted(source)}.`);
    const path = words(member(definition, 'file'), variables);
    if (path === '') return [];
    const Source = project.pathOf(member(definition, 'file'), path);
    const Target = target.startsWith('/') ? target : `${folder}${target}`;
    return [{ mount: { Type: 'bind', Source, Target, ReadOnly: true } }];
  });
}
