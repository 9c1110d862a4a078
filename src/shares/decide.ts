import type { Grant } from '../access/roles.ts';

export const subjectKinds = ['user', 'service', 'role', 'project', 'container_label', 'client_certificate'] as const;
export const accessLevels = ['ro', 'rw'] as const;
export type AccessLevel = (typeof accessLevels)[number];
export const ruleStates = ['requested', 'active', 'expired', 'revoked', 'denied'] as const;
export type RuleState = (typeof ruleStates)[number];

/** Whom a rule is about. `project` is given for a role and for a label of containers: they count within that project only. */
export interface RuleSubject {
  readonly kind: (typeof subjectKinds)[number];
  /** Of a label `key` or `key=value`. */
  readonly value: string;
  readonly project: string | null;
}

/** A rule, as far as a decision goes by it. */
export interface AccessRule {
  readonly id: string;
  readonly subject: RuleSubject;
  readonly access: AccessLevel;
  /** Whether it also holds where the environments of the volume and of who uses it differ. */
  readonly acrossEnvironments: boolean;
  /** As it was written last. */
  readonly state: RuleState;
  readonly expiresAt: Date | null;
}

/** Who wants to use, or uses, a volume; null or empty is what is not known of them, which no rule is met by. */
export interface Consumer {
  /** Of the container. */
  readonly project: string | null;
  readonly environment: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Who asks: `user:<issuer>|<sub>` or `key:<id>`. */
  readonly subject: string | null;
  readonly grants: readonly Grant[];
  /** Name in the certificate of who asks the engine. */
  readonly certificate: string | null;
  /** Ids of the rules by which the container was given an attachment. */
  readonly attachedBy: readonly string[];
}

/** A mount of a volume, whichever way the volume is reached. */
export interface VolumeMount {
  /** That the volume belongs to; null for none. */
  readonly project: string | null;
  readonly environment: string | null;
  readonly readOnly: boolean;
}

/** `rule` is null where the volume's own project needs none. */
export type Decision =
  | { readonly verdict: 'allow'; readonly access: AccessLevel; readonly rule: string | null; readonly reason: string }
  | {
      readonly verdict: 'deny';
      /** `no_rule`: nothing lets the consumer in; `environment`: what would does not hold across environments; `read_only`: it may read only. */
      readonly cause: 'no_rule' | 'environment' | 'read_only';
      readonly rule: string | null;
      readonly reason: string;
    };

/** A consumer of whom nothing is known. */
export const nobody: Consumer = {
  project: null,
  environment: null,
  labels: {},
  subject: null,
  grants: [],
  certificate: null,
  attachedBy: [],
};

/** The state of a rule at a time: one whose time is over is expired, whether that was written down yet or not. */
export function stateAt({ state, expiresAt }: Pick<AccessRule, 'state' | 'expiresAt'>, now: Date): RuleState {
  const isOver = expiresAt !== null && expiresAt <= now;
  return isOver && (state === 'active' || state === 'requested') ? 'expired' : state;
}

/**
 * Whether a consumer may mount a volume as they want to, by the rules of its share: no I/O, and the same answer for the same
 * arguments. Of the rules that hold for the consumer the one that gives most decides.
 */
export function decide(rules: readonly AccessRule[], consumer: Consumer, mount: VolumeMount, now: Date): Decision {
  const crosses = crossesEnvironments(consumer, mount);
  const met = rules.filter((rule) => stateAt(rule, now) === 'active' && meets(consumer, rule));
  const isOwner = mount.project !== null && consumer.project === mount.project;
  if (isOwner && !crosses)
    return { verdict: 'allow', access: 'rw', rule: null, reason: `The volume belongs to project ${mount.project}.` };
  const holding = met.filter((rule) => !crosses || rule.acrossEnvironments);
  const best = holding.find(({ access }) => access === 'rw') ?? holding[0];
  if (best === undefined) return refused(met[0], isOwner, consumer, mount);
  const { id, access, subject } = best;
  if (access === 'rw' || mount.readOnly)
    return { verdict: 'allow', access, rule: id, reason: `A rule gives ${access} to ${subjectText(subject)}.` };
  return {
    verdict: 'deny',
    cause: 'read_only',
    rule: id,
    reason: `The rule for ${subjectText(subject)} gives ro; the mount can be written to.`,
  };
}

/** Whether both say which environment they belong to, and it is not the same. */
export function crossesEnvironments(
  consumer: Pick<Consumer, 'environment'>,
  mount: Pick<VolumeMount, 'environment'>,
): boolean {
  return consumer.environment !== null && mount.environment !== null && consumer.environment !== mount.environment;
}

/** A subject in words. */
export function subjectText({ kind, value, project }: RuleSubject): string {
  const words =
    kind === 'container_label' ? `containers with the label ${value}` : `${kind.replace('_', ' ')} ${value}`;
  return project === null ? words : `${words} of project ${project}`;
}

/** Whether a rule is about this consumer. */
export function meets(
  { project, labels, subject, grants, certificate, attachedBy }: Consumer,
  { id, subject: { kind, value, project: within } }: Pick<AccessRule, 'id' | 'subject'>,
): boolean {
  if (attachedBy.includes(id)) return true;
  switch (kind) {
    case 'user':
    case 'service':
      return subject === value;
    case 'role':
      return grants.some((grant) => grant.role === value && grant.project !== null && grant.project === within);
    case 'project':
      return project === value;
    case 'container_label':
      return project !== null && project === within && hasLabel(labels, value);
    case 'client_certificate':
      return certificate === value;
  }
}

function hasLabel(labels: Readonly<Record<string, string>>, selector: string): boolean {
  const end = selector.indexOf('=');
  const key = end === -1 ? selector : selector.slice(0, end);
  if (!Object.hasOwn(labels, key)) return false;
  return end === -1 || labels[key] === selector.slice(end + 1);
}

function refused(
  rule: AccessRule | undefined,
  isOwner: boolean,
  { project, environment }: Consumer,
  mount: VolumeMount,
): Decision {
  if (rule !== undefined || isOwner)
    return {
      verdict: 'deny',
      cause: 'environment',
      rule: rule?.id ?? null,
      reason: `The volume is of environment ${mount.environment}, the consumer of ${environment}, and no rule holds across environments.`,
    };
  return {
    verdict: 'deny',
    cause: 'no_rule',
    rule: null,
    reason:
      project === null
        ? 'The consumer belongs to no project, and no rule is about them.'
        : `No rule lets project ${project} in.`,
  };
}
