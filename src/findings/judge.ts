import type { RuleTreatment } from '../config.ts';
import { rulesAbout } from './catalogue.ts';
import type { ContainerFacts, Surroundings, VolumeFacts } from './facts.ts';
import type { Breach, Rule, Severity, SubjectKind, Subjects } from './rule.ts';

/** What is looked at in one go; the host itself is part of {@link Surroundings}. */
export interface Scene {
  readonly containers: readonly ContainerFacts[];
  readonly volumes: readonly VolumeFacts[];
}

/** What a finding is about: null where it does not apply. */
export interface FindingSubject {
  readonly kind: SubjectKind;
  readonly volume: string | null;
  readonly containerId: string | null;
  readonly containerName: string | null;
  readonly target: string | null;
}

/** A rule that a subject breaks. */
export interface Judged {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly subject: FindingSubject;
  /** Of the volume, for a volume and what mounts one; else of the container. */
  readonly project: string | null;
  readonly breach: Breach;
}

/** By id of the rule: those that are `off` are not asked. */
export type Treatments = ReadonlyMap<string, RuleTreatment>;

/** Every breach of every rule, in this order: the host, volumes, containers with their mounts. */
export function judge(scene: Scene, around: Surroundings, treatments: Treatments): Judged[] {
  return [...judgeHost(around, treatments), ...judgeScene(scene, around, treatments)];
}

/** As {@link judge}, without the rules of the host itself. */
export function judgeScene({ volumes, containers }: Scene, around: Surroundings, treatments: Treatments): Judged[] {
  return [
    ...volumes.flatMap((volume) => judgeVolume(volume, around, treatments)),
    ...containers.flatMap((container) => judgeContainer(container, around, treatments)),
  ];
}

/** Breaches of the host's own rules. */
export function judgeHost(around: Surroundings, treatments: Treatments): Judged[] {
  return ask('host', around.host, around, treatments, nobody('host'), null);
}

function judgeVolume(volume: VolumeFacts, around: Surroundings, treatments: Treatments): Judged[] {
  return ask('volume', volume, around, treatments, { ...nobody('volume'), volume: volume.name }, volume.project);
}

/** Breaches of a container and of its mounts. */
function judgeContainer(container: ContainerFacts, around: Surroundings, treatments: Treatments): Judged[] {
  const own = { ...nobody('container'), containerId: container.id, containerName: container.name };
  const ofMounts = container.mounts.flatMap((mount) =>
    ask(
      'mount',
      { mount, container },
      around,
      treatments,
      { ...own, kind: 'mount', target: mount.target, volume: mount.volume },
      mount.project,
    ),
  );
  return [...ask('container', container, around, treatments, own, container.project), ...ofMounts];
}

function ask<K extends SubjectKind>(
  kind: K,
  facts: Subjects[K],
  around: Surroundings,
  treatments: Treatments,
  subject: FindingSubject,
  project: string | null,
): Judged[] {
  return rulesAbout(kind).flatMap((rule) => {
    if (treatments.get(rule.id) === 'off') return [];
    const breach = rule.check(facts, around);
    if (breach === null) return [];
    const { severity = rule.severity, volume } = breach;
    if (volume === undefined) return [{ rule, severity, subject, project, breach }];
    return [{ rule, severity, subject: { ...subject, volume: volume.name }, project: volume.project, breach }];
  });
}

function nobody(kind: SubjectKind): FindingSubject {
  return { kind, volume: null, containerId: null, containerName: null, target: null };
}
