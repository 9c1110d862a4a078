import { type ProjectScope, reaches } from '../access/roles.ts';
import type { Ports } from '../context.ts';
import { fail, type InputIssue } from '../errors.ts';
import type { ContainerFacts } from '../findings/facts.ts';
import { documentationOf, judge, loadSurroundings } from '../findings/read.ts';
import { chooseHost, hostNotFound } from '../hosts/read.ts';
import type { VolumeSight } from '../shares/shared-with.ts';
import type { ComposeInput } from './compose-project.ts';
import { readComposeService } from './compose-service.ts';
import { readContainerSpec } from './container-spec.ts';
import { asEngineTakesIt } from './engine-limits.ts';
import type { EvaluationFinding, MountEvaluation, ProposedMount } from './evaluation-model.ts';
import type { Proposal } from './proposal.ts';
import { proposedVolumes } from './proposed-volumes.ts';
import { isAtRoot, resolveMounts } from './resolve-mounts.ts';
import { effectOf, verdictOf, worstFirst } from './verdict.ts';
import { withVolumesFrom } from './volumes-from.ts';
import { withImage } from './with-image.ts';

type EvaluationPorts = Pick<Ports, 'db' | 'config' | 'engines' | 'log'>;

/** A proposed container in one of the two forms. */
export interface EvaluationInput {
  readonly host?: string;
  readonly container?: Readonly<Record<string, unknown>>;
  readonly compose?: ComposeInput;
}

/**
 * Judges a container before it is made, by the rules that judge it afterwards: against the volumes that it would use with
 * those who use them, and the paths that it would bind. Throws `invalid_input`, `container_spec_invalid`,
 * `compose_invalid`, `host_not_found`, and `forbidden` for a container of a project that the caller cannot see.
 */
export async function evaluate(
  ports: EvaluationPorts,
  sight: VolumeSight,
  input: EvaluationInput,
): Promise<MountEvaluation> {
  const { scope } = sight;
  const asked = readProposal(input);
  requireSeen(scope, asked.container);
  const { name: host, engine } = await chooseHost(ports.db, input.host);
  const around = await loadSurroundings(ports.db, ports.config, host);
  if (around === null) throw hostNotFound(host);

  requireRootPropagation(asked.container, around.host.rootFolder, input);
  const taken = asEngineTakesIt(asked, engine?.apiVersion ?? null);
  const joined = await withVolumesFrom(ports.db, scope, host, taken.proposal);
  const { proposal, gaps: ofImage } = await withImage(ports, host, joined.proposal);
  requireSeen(scope, proposal.container);
  const volumes = await proposedVolumes(ports.db, sight, host, proposal, around.now);
  const resolved = await resolveMounts(ports, sight, proposal, volumes, around);
  const container = { ...proposal.container, mounts: resolved.mounts };
  const { policy } = ports.config;
  const scene = { containers: [container], volumes: [...volumes.facts.values()] };
  const findings = judge(scene, resolved.around, policy.rules)
    .filter(({ subject }) => subject.kind !== 'host')
    .map(({ rule, severity, subject, breach }): EvaluationFinding => {
      const { id, title, why, remedy } = rule;
      return {
        rule: id,
        severity,
        effect: effectOf({ rule: id, severity }, policy),
        title,
        detail: breach.detail,
        why,
        evidence: breach.evidence,
        remedy,
        documentation: documentationOf(id),
        target: subject.target,
        volume: subject.volume,
      };
    })
    .sort(worstFirst);
  const gaps = [...taken.gaps, ...joined.gaps, ...ofImage, ...resolved.gaps];
  const verdict = verdictOf(findings);
  const mounts = shownMounts(container, volumes.hidden);
  return { host, verdict, complete: gaps.length === 0, gaps, findings, mounts };
}

/** Throws unless there is exactly one form. */
function readProposal({ container, compose }: EvaluationInput): Proposal {
  if (container !== undefined && compose === undefined)
    return readContainerSpec({ value: container, path: '/container', code: 'container_spec_invalid' });
  if (compose !== undefined && container === undefined) return readComposeService(compose);
  const issue: InputIssue = { path: '', rule: 'oneOf', message: 'must have either "container" or "compose"' };
  throw fail('invalid_input', { detail: `/: ${issue.message}`, errors: [issue] });
}

/** Whose project a container is said to be in decides what is found: that must not tell of projects that are not seen. */
function requireSeen(scope: ProjectScope, { project }: ContainerFacts): void {
  if (project === null || reaches(scope, project)) return;
  throw fail('forbidden', `You have no role in project "${project}", which the labels of the container name.`);
}

/** Docker refuses to create a container that would hold what is mounted below its own folder. */
function requireRootPropagation(
  { mounts }: ContainerFacts,
  rootFolder: string | null,
  { container }: EvaluationInput,
): void {
  const holding = mounts.find(
    ({ type, source, propagation }) =>
      type === 'bind' && isAtRoot(source, rootFolder) && !['', 'rslave', 'rshared'].includes(propagation),
  );
  if (holding === undefined) return;
  const { source, target, propagation } = holding;
  throw fail(
    container === undefined ? 'compose_invalid' : 'container_spec_invalid',
    `${source} at ${target}: Docker takes no bind of its own folder, nor of one above it, with the propagation ${propagation}. Use rslave, or leave it out.`,
  );
}

function shownMounts({ mounts }: ContainerFacts, hidden: ReadonlySet<string>): ProposedMount[] {
  return mounts
    .map(({ boundFolder: _, sharedWith: __, reaches: ___, ...mount }): ProposedMount => {
      const isHidden = hidden.has(mount.volume ?? '');
      return isHidden ? { ...mount, project: null, driver: null } : mount;
    })
    .sort((a, b) => (a.target < b.target ? -1 : 1));
}
