import { fail } from '../errors.ts';
import { composeLabels } from '../hosts/read.ts';
import { type ComposeInput, type ComposeProject, composeProject } from './compose-project.ts';
import { readFileEntries, readVolumeEntry } from './compose-volumes.ts';
import { bytesOf, pairs, truth, wordList, words } from './compose-words.ts';
import { readContainerSpec } from './container-spec.ts';
import { isGiven, items, member, misfit, type Part, quoted } from './document-part.ts';
import type { Proposal } from './proposal.ts';
import { readYaml } from './yaml-document.ts';

/**
 * The container that Docker Compose would create for a service, read as {@link readContainerSpec} reads any other: the
 * service becomes the body of a request. Throws `compose_invalid`, with the place in the file.
 */
export function readComposeService(input: ComposeInput): Proposal {
  const file: Part = { value: readYaml(input.file), path: '', code: 'compose_invalid' };
  if (input.projectFolder !== undefined && !isPlainFolder(input.projectFolder))
    throw fail(
      'compose_invalid',
      `The project folder ${quoted(input.projectFolder)} must be an absolute path without "..".`,
    );
  const service = findService(file, input.service);
  const project = composeProject(file, input);
  const body = { ...service, value: toBody(service, file, project, input.service) };
  const proposal = readContainerSpec(body, containerOf(file, input.service, project));
  return { ...proposal, volumes: new Map([...proposal.volumes, ...project.wishes()]) };
}

function findService(file: Part, name: string): Part {
  const included = member(file, 'include');
  if (isGiven(included))
    throw misfit(included, 'Other files are not read; give the output of "docker compose config".');
  const service = member(member(file, 'services'), name);
  if (!isGiven(service)) throw misfit(member(file, 'services'), `There is no service ${quoted(name)}.`);
  const parent = member(service, 'extends');
  if (isGiven(parent)) throw misfit(parent, 'What it extends is not read; give the output of "docker compose config".');
  return service;
}

/** The fields that say something of storage, in the words of Docker's API. */
function toBody(service: Part, file: Part, project: ComposeProject, name: string): object {
  const { variables } = project;
  const word = (field: string) => words(member(service, field), variables);
  const entries = [
    ...items(member(service, 'volumes')).map((part) => readVolumeEntry(part, project)),
    ...readFileEntries(service, file, 'secrets', project),
    ...readFileEntries(service, file, 'configs', project),
  ];
  return {
    Image: word('image') || (project.name === null ? '' : `${project.name}-${name}`),
    User: word('user'),
    Labels: { ...pairs(member(service, 'labels'), variables), ...labelsOf(project, name) },
    HostConfig: {
      Binds: entries.flatMap((entry) => ('bind' in entry ? [entry.bind] : [])),
      Mounts: entries.flatMap((entry) => ('mount' in entry ? [entry.mount] : [])),
      Tmpfs: readTmpfs(member(service, 'tmpfs'), project),
      Memory: memoryOf(service, project),
      RestartPolicy: { Name: restartPolicyOf(service, project) },
      UsernsMode: word('userns_mode'),
      ReadonlyRootfs: truth(member(service, 'read_only'), variables),
      VolumesFrom: items(member(service, 'volumes_from')).map((part) => takenOver(part, file, project)),
    },
  };
}

/** `target` or `target:options`. */
function readTmpfs(part: Part, { variables }: ComposeProject): Record<string, string> {
  const entries = wordList(part, variables).map((entry) => {
    const [target = '', ...options] = entry.split(':');
    return [target, options.join(':')] as const;
  });
  return Object.fromEntries(entries);
}

function memoryOf(service: Part, { variables }: ComposeProject): number {
  const limits = member(member(member(service, 'deploy'), 'resources'), 'limits');
  return bytesOf(member(limits, 'memory'), variables) || bytesOf(member(service, 'mem_limit'), variables);
}

function restartPolicyOf(service: Part, { variables }: ComposeProject): string {
  const deployed = member(member(service, 'deploy'), 'restart_policy');
  const [word = ''] = words(
    isGiven(deployed) ? member(deployed, 'condition') : member(service, 'restart'),
    variables,
  ).split(':');
  if (word === 'none') return 'no';
  return word === 'any' || (isGiven(deployed) && word === '') ? 'always' : word;
}

function labelsOf({ name }: ComposeProject, service: string): Record<string, string> {
  return name === null ? {} : { [composeLabels.project]: name, [composeLabels.service]: service };
}

/** `service`, `service:mode`, `container:name` or `container:name:mode`, as Docker takes it. */
function takenOver(part: Part, file: Part, project: ComposeProject): string {
  const [first = '', ...rest] = words(part, project.variables).split(':');
  if (first === 'container') return rest.join(':');
  if (!isGiven(member(member(file, 'services'), first))) throw misfit(part, `There is no service ${quoted(first)}.`);
  return [containerOf(file, first, project), ...rest].join(':');
}

/** Name of the first container of a service. */
function containerOf(file: Part, service: string, { name, variables }: ComposeProject): string {
  const own = words(member(member(member(file, 'services'), service), 'container_name'), variables);
  return own || (name === null ? service : `${name}-${service}-1`);
}

function isPlainFolder(folder: string): boolean {
  return folder.startsWith('/') && !folder.split('/').includes('..');
}
