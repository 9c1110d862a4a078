import { instantOf } from '../access/read.ts';
import { fail } from '../errors.ts';
import { requireHost } from '../hosts/read.ts';
import { command, query } from '../operation.ts';
import { addresses, DateTime, expectedVersion, HostName, object, ProjectName, paging, T, Uuid } from '../schema.ts';
import { acknowledge, unacknowledge } from './acknowledge.ts';
import { rules } from './catalogue.ts';
import { toFindingRule } from './finding-row.ts';
import { Finding, FindingPage, FindingRule, FindingRulePage, FindingState, RuleId, Severity } from './model.ts';
import { findingTarget, findRule } from './read.ts';
import { pageOfRules } from './rule-page.ts';
import * as store from './store.ts';

const address = { finding: Uuid };
/** A volume may be mounted by hundreds of containers. */
const findingsOfEach = 50;

export const listFindings = query('findings.list', {
  permission: 'inspect',
  reach: 'anything',
  summary: 'List findings, newest first',
  description:
    'Of all hosts, in any state. All filters that are given must hold. What belongs to a project is shown to who reaches it, findings about hosts to who reaches everything.',
  input: object({
    host: T.Optional(HostName),
    project: T.Optional(ProjectName),
    volume: T.Optional(T.String({ minLength: 1, maxLength: 255, description: 'Name of the volume.' })),
    container: T.Optional(T.String({ minLength: 1, maxLength: 255, description: 'Name or full id of the container.' })),
    rule: T.Optional(RuleId),
    severity: T.Optional(Severity),
    minSeverity: T.Optional(Severity),
    state: T.Optional(FindingState),
    ...paging,
  }),
  output: FindingPage,
  async run({ ports, scope }, { limit = 50, cursor, ...filter }) {
    if (filter.host !== undefined) await requireHost(ports.db, filter.host);
    return await store.listFindings(ports.db, scope, filter, limit, cursor);
  },
});

export const getFinding = query('findings.get', {
  permission: 'inspect',
  reach: findingTarget,
  summary: 'Read a finding',
  input: object(address),
  output: Finding,
  async run({ ports }, { finding: id }) {
    const finding = await store.findFinding(ports.db, id);
    if (finding === null) throw findingTarget.absent({ finding: id });
    return finding;
  },
});

export const acknowledgeFinding = command('findings.acknowledge', {
  permission: 'operate',
  reach: findingTarget,
  summary: 'Acknowledge a finding',
  description:
    'With a reason, and until a time, when it is open again; without one until it is resolved. What was said before is replaced.',
  input: object({
    ...address,
    reason: T.String({ minLength: 1, maxLength: 1000, pattern: '\\S', description: 'Why it may stay so.' }),
    until: T.Optional(DateTime),
    expectedVersion,
  }),
  output: Finding,
  async run(context, { finding, reason, until, expectedVersion: version }) {
    const end = instantOf('until', until) ?? null;
    if (end !== null && end.getTime() <= Date.now())
      throw fail('invalid_input', `/until: ${until} is not in the future.`);
    return await acknowledge(context, finding, { reason, until: end }, version);
  },
});

export const unacknowledgeFinding = command('findings.unacknowledge', {
  permission: 'operate',
  reach: findingTarget,
  summary: 'Take the acknowledgement of a finding back',
  description: 'It is open again. Nothing happens to one that is open.',
  input: object({ ...address, expectedVersion }),
  output: Finding,
  run: (context, { finding, expectedVersion: version }) => unacknowledge(context, finding, version),
});

export const listRules = query('findingRules.list', {
  permission: 'inspect',
  reach: 'anything',
  summary: 'List the rules that findings are made by',
  input: object({ ...paging }),
  output: FindingRulePage,
  run: async ({ ports }, { limit = 50, cursor }) => pageOfRules(rules, ports.config.policy.rules, limit, cursor),
});

export const getRule = query('findingRules.get', {
  permission: 'inspect',
  reach: 'anything',
  summary: 'Read a rule',
  input: object({ rule: RuleId }),
  output: FindingRule,
  async run({ ports }, { rule: id }) {
    const rule = findRule(id);
    if (rule === null) throw fail('finding_rule_not_found', `There is no rule "${id}".`);
    return toFindingRule(rule, ports.config.policy.rules.get(id) === 'off');
  },
});

export const findingsOfVolumes = query('findings.ofVolumes', {
  internal: true,
  permission: 'inspect',
  reach: 'anything',
  summary: `Findings about it and its mounts that are not resolved, the newest ${findingsOfEach}.`,
  input: object({ volumes: addresses('name') }),
  output: T.Array(Finding),
  run: ({ ports, scope }, { volumes }) => store.findingsOfVolumes(ports.db, scope, volumes, findingsOfEach),
});

export const findingsOfContainers = query('findings.ofContainers', {
  internal: true,
  permission: 'inspect',
  reach: 'anything',
  summary: `Findings about it and its mounts that are not resolved, the newest ${findingsOfEach}.`,
  input: object({ containers: addresses('id') }),
  output: T.Array(Finding),
  run: ({ ports, scope }, { containers }) => store.findingsOfContainers(ports.db, scope, containers, findingsOfEach),
});

export const findingsOfHosts = query('findings.ofHosts', {
  internal: true,
  permission: 'inspect',
  reach: 'anything',
  summary: 'Findings about the host itself that are not resolved, for who reaches everything.',
  input: object({ hosts: T.Array(HostName, { maxItems: 1000 }) }),
  output: T.Array(Finding),
  run: ({ ports, scope }, { hosts }) => store.findingsOfHosts(ports.db, scope, hosts),
});
