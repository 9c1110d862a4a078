import {
  DateTime,
  HostName,
  nullable,
  object,
  page,
  type Static,
  StringMap,
  T,
  Uuid,
  Version,
  words,
} from '../schema.ts';
import { severities } from './rule.ts';

export const Severity = words('Severity', severities, 'How much a finding matters, the worst first.');

export const FindingState = words(
  'FindingState',
  ['open', 'acknowledged', 'resolved'],
  'Where a finding is in its life. What is resolved stays so: a breach that comes back is another finding.',
);
export type FindingState = Static<typeof FindingState>;

const SubjectKind = words('FindingSubject', ['mount', 'container', 'volume', 'host'], 'What a rule is about.');

export const RuleId = T.String({
  minLength: 7,
  maxLength: 7,
  pattern: '^[A-Z]{3}-[0-9]{3}$',
  description: 'Id of a rule, such as `MNT-001`.',
  examples: ['MNT-001'],
});

const FindingContainer = object(
  { id: T.String(), name: T.String() },
  { $id: 'FindingContainer', description: 'The container that a finding is about.' },
);

const Acknowledgement = object(
  {
    by: T.String({ description: 'Subject that acknowledged it.' }),
    at: DateTime,
    reason: T.String(),
    until: nullable(DateTime),
  },
  {
    $id: 'FindingAcknowledgement',
    description: 'That somebody knows of a finding and lets it be; from `until` on it is open again.',
  },
);

export const Finding = object(
  {
    id: Uuid,
    host: HostName,
    rule: RuleId,
    severity: Severity,
    title: T.String(),
    detail: T.String({ description: 'What is so in this case.' }),
    why: T.String({ description: 'Why it matters.' }),
    evidence: StringMap,
    remedy: T.String({ description: 'What to do about it.' }),
    documentation: T.String({ description: 'Where the rule is described, here.' }),
    state: FindingState,
    volume: nullable(T.String({ description: 'Name of the volume.' })),
    container: nullable(FindingContainer),
    target: nullable(T.String({ description: 'Path in the container, of a mount.' })),
    project: nullable(T.String()),
    openedAt: DateTime,
    seenAt: DateTime,
    resolvedAt: nullable(DateTime),
    acknowledgement: nullable(Acknowledgement),
    version: Version,
  },
  {
    $id: 'Finding',
    description:
      'A rule that something on a host breaks: a mount (with a target), a container, a volume, or the host itself.',
  },
);
export type Finding = Static<typeof Finding>;
export const FindingPage = page(Finding, 'Finding');

export const FindingRule = object(
  {
    id: RuleId,
    subject: SubjectKind,
    title: T.String(),
    severity: Severity,
    why: T.String({ description: 'Why it matters.' }),
    remedy: T.String({ description: 'What to do about it.' }),
    documentation: T.String({ description: 'Where the rule is described, here.' }),
    isOff: T.Boolean({ description: 'Whether this installation does not judge by it.' }),
  },
  { $id: 'FindingRule', description: 'A rule of the catalogue. The severity may differ in a single case.' },
);
export type FindingRule = Static<typeof FindingRule>;
export const FindingRulePage = page(FindingRule, 'FindingRule');
