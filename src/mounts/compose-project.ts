import { posix } from 'node:path';
import { composeLabels } from '../hosts/read.ts';
import { pairs, truth, type Variables, words } from './compose-words.ts';
import { isGiven, member, misfit, type Part, quoted } from './document-part.ts';
import type { VolumeWish } from './proposal.ts';

/** A service of a compose file, as somebody asks about it. */
export interface ComposeInput {
  /** Text of the file. */
  readonly file: string;
  readonly service: string;
  /** Name of the project; else the file's own name, else that of the folder. */
  readonly project?: string;
  /** Absolute: what relative paths of the file are relative to. */
  readonly projectFolder?: string;
  /** Values of the variables. */
  readonly environment?: Variables;
}

/** What the entries of a service refer to. */
export interface ComposeProject {
  readonly variables: Variables;
  /** Null when nothing tells it. */
  readonly name: string | null;
  /** Name of a volume in Docker, of one that the file names. Throws when the file does not define it. */
  volumeName(part: Part, key: string): string;
  /** How the volumes whose names were asked for are made, by their names in Docker; external ones exist already. */
  wishes(): ReadonlyMap<string, VolumeWish>;
  /** An absolute path. Throws when it is relative and no folder was given, or in a home folder. */
  pathOf(part: Part, path: string): string;
}

/** Reads what a compose file says of its project. Throws the failure of the part. */
export function composeProject(file: Part, input: ComposeInput): ComposeProject {
  const variables = input.environment ?? {};
  const folder = input.projectFolder;
  const name = input.project ?? (words(member(file, 'name'), variables) || nameOfFolder(folder));
  const wishes = new Map<string, VolumeWish>();

  return {
    variables,
    name,
    wishes: () => wishes,
    pathOf: (part, path) => absolute(part, path, folder),
    volumeName(part, key) {
      const definition = member(member(file, 'volumes'), key);
      if (!isDefined(file, key))
        throw misfit(part, `The file defines no volume ${quoted(key)} in its top-level "volumes".`);
      const own = words(member(definition, 'name'), variables);
      const external = member(definition, 'external');
      if (typeof external.value === 'object' && isGiven(external))
        return words(member(external, 'name'), variables) || own || key;
      if (truth(external, variables)) return own || key;
      if (own === '' && name === null)
        throw misfit(part, `The volume ${quoted(key)} is named after its project; give "project".`);
      const inDocker = own || `${name}_${key}`;
      wishes.set(inDocker, readWish(definition, key, name, variables));
      return inDocker;
    },
  };
}

/** A volume may be defined with nothing but its name. */
function isDefined(file: Part, key: string): boolean {
  const volumes = member(file, 'volumes');
  return isGiven(volumes) && Object.hasOwn(Object(volumes.value), key);
}

function readWish(definition: Part, key: string, project: string | null, variables: Variables): VolumeWish {
  const labels = pairs(member(definition, 'labels'), variables);
  const compose = project === null ? {} : { [composeLabels.project]: project, [composeLabels.volume]: key };
  return {
    driver: words(member(definition, 'driver'), variables) || 'local',
    options: pairs(member(definition, 'driver_opts'), variables),
    labels: { ...labels, ...compose },
  };
}

function absolute(part: Part, path: string, folder: string | undefined): string {
  if (path.startsWith('~'))
    throw misfit(part, `${quoted(path)} is in the home folder of whoever runs Compose; write the whole path.`);
  if (path.startsWith('/')) return path;
  if (folder === undefined)
    throw misfit(part, `${quoted(path)} is relative to the folder of the project; give "projectFolder".`);
  return posix.join(folder, path);
}

/** As Compose makes it: lower case, without what a name cannot have. */
function nameOfFolder(folder: string | undefined): string | null {
  const name = posix
    .basename(folder ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
  return name === '' ? null : name;
}
