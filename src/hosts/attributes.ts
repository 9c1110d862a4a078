import { Compile } from 'typebox/compile';
import { ProjectName } from '../schema.ts';
import { DataClass, EnvironmentName } from '../volumes/model.ts';

/** Labels of volumes and containers that say what they belong to. */
export const attributeLabels = {
  project: 'stowage.project',
  environment: 'stowage.environment',
  class: 'stowage.class',
} as const;

/** Labels of volumes, and of the containers of the same project that have them mounted, that say what backs them up. */
export const backupLabels = { policy: 'stowage.policy', backup: 'stowage.backup' } as const;

/** Labels of containers with the commands to be run in them around a backup, and the longest that each may take, in seconds. */
export const hookLabels = {
  before: 'stowage.hook.before',
  after: 'stowage.hook.after',
  timeoutSeconds: 'stowage.hook.timeout',
} as const;

/** Labels that Docker Compose gives to what it makes. */
export const composeLabels = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  volume: 'com.docker.compose.volume',
  /** Paths on the host of whoever called Compose, separated by commas. */
  files: 'com.docker.compose.project.config_files',
  /** `True` of a container that `docker compose run` made. */
  oneOff: 'com.docker.compose.oneoff',
  number: 'com.docker.compose.container-number',
  /** `service:condition:restart`, separated by commas. */
  dependsOn: 'com.docker.compose.depends_on',
} as const;

export interface Attributes {
  readonly project: string | null;
  readonly environment: string | null;
  readonly class: DataClass | null;
}

const project = Compile(ProjectName);
const environment = Compile(EnvironmentName);
const dataClass = Compile(DataClass);

/** What the labels of a volume or container say; without a project of ours that of Docker Compose. A value that is none (a class of another name) counts as absent. */
export function attributesOf(labels: Readonly<Record<string, string>>): Attributes {
  const projects = [labels[attributeLabels.project], labels[composeLabels.project]];
  const environmentLabel = labels[attributeLabels.environment];
  const classLabel = labels[attributeLabels.class];
  return {
    project: projects.find((value) => project.Check(value)) ?? null,
    environment: environment.Check(environmentLabel) ? environmentLabel : null,
    class: dataClass.Check(classLabel) ? classLabel : null,
  };
}

/** The labels that say these attributes, for a volume that is to have them; what is not given has no label. */
export function labelsOf(attributes: { readonly [Name in keyof Attributes]?: string | null }): Record<string, string> {
  const said = Object.entries(attributeLabels).flatMap(([name, label]) => {
    const value = attributes[name as keyof Attributes];
    return value == null ? [] : [[label, value] as const];
  });
  return Object.fromEntries(said);
}
