import type { ContainerFacts, HostFacts, MountFacts, Surroundings, VolumeFacts } from './facts.ts';

/** What a rule can be about, and what it gets to see of it. */
export interface Subjects {
  readonly mount: { readonly mount: MountFacts; readonly container: ContainerFacts };
  readonly container: ContainerFacts;
  readonly volume: VolumeFacts;
  readonly host: HostFacts;
}
export type SubjectKind = keyof Subjects;

/** From the worst to the mildest. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

/** That a rule is broken: a sentence with the values of the case, and the values by name. */
export interface Breach {
  readonly detail: string;
  readonly evidence: Readonly<Record<string, string>>;
  /** Where it is not the rule's own. */
  readonly severity?: Severity;
  /** The volume that it is about, where that is not the one which is mounted; who reaches its project sees it. */
  readonly volume?: { readonly name: string; readonly project: string | null };
}

/** A rule of the catalogue: a pure function over facts, and the words of its page in the documentation. */
export interface Rule<K extends SubjectKind = SubjectKind> {
  /** `MNT-001` …: a promise to callers, never given to another rule. */
  readonly id: string;
  readonly subject: K;
  readonly title: string;
  readonly severity: Severity;
  /** Why it matters, in a few sentences. */
  readonly why: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Null when the subject keeps the rule, or when too little is known to tell. */
  check(subject: Subjects[K], around: Surroundings): Breach | null;
}

/** Declares a rule. */
export function rule<K extends SubjectKind>(declared: Rule<K>): Rule<K> {
  return Object.freeze(declared);
}
