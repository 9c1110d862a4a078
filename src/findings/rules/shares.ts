import type { Decision } from '../../shares/decide.ts';
import { judgeUse } from '../../shares/judge-use.ts';
import type { ReachedVolume } from '../../shares/volume-index.ts';
import { mountEvidence } from '../bound-path.ts';
import { nameList } from '../name-list.ts';
import { type Breach, rule, type Subjects } from '../rule.ts';

type Cause = Extract<Decision, { verdict: 'deny' }>['cause'];
const revoke =
  'Ask for access (`POST /v1/shares/SHARE/requests`) or give it (`POST /v1/shares/SHARE/rules`); or take the mount away. What a share does with such containers is its `onViolation`.';

export const useWithoutRule = rule({
  id: 'SHR-001',
  subject: 'mount',
  title: 'A volume is used without a rule that allows it',
  severity: 'high',
  why: 'Docker lets anybody who reaches the engine mount any volume. The container reads, or even changes, data that nobody has given to it: by the name of the volume, or by a path that leads into it.',
  remedy: revoke,
  check: (subject, { now }) => breachOf('no_rule', subject, now),
});

export const writingWithoutRule = rule({
  id: 'SHR-002',
  subject: 'mount',
  title: 'A container may write to a volume that it was given to read',
  severity: 'high',
  why: 'The rule gives `ro`, and the mount can be written to: what the container does there by mistake hits everybody who uses the volume.',
  remedy:
    'Mount it read-only (`-v NAME:TARGET:ro`, or what `POST /v1/shares/SHARE/attachments` answers); or let the owner of the share give `rw`.',
  check: (subject, { now }) => breachOf('read_only', subject, now),
});

export const crossedEnvironment = rule({
  id: 'SHR-003',
  subject: 'mount',
  title: 'A container of one environment uses data of another',
  severity: 'high',
  why: 'What is tried out in a test then reads, or changes, the data of production, or the other way round.',
  remedy:
    'Give each environment a volume of its own, such as a backup that is restored into a new one; or let an admin of the project give a rule that holds across environments (`acrossEnvironments`).',
  check: (subject, { now }) => breachOf('environment', subject, now),
});

/** The first use of a volume by a mount that is denied for this cause; the others by their names. */
function breachOf(cause: Cause, { mount, container }: Subjects['mount'], now: Date): Breach | null {
  const denied = mount.reaches.flatMap((volume) => {
    const decision = judgeUse(volume, container, mount, now);
    return decision?.verdict === 'deny' && decision.cause === cause ? [{ volume, decision }] : [];
  });
  const [first] = denied;
  if (first === undefined) return null;
  const { volume, decision } = first;
  const { name, project } = volume;
  return {
    detail: `${wayOf(volume, container.name, mount.target)}. ${decision.reason}`,
    evidence: {
      ...mountEvidence(mount),
      volumes: nameList(denied.map((one) => one.volume.name)),
      ...named('share', volume.share?.name ?? null),
      ...named('project', project),
      ...named('environment', volume.environment),
      ...named('containerProject', container.project),
      ...named('containerEnvironment', container.environment),
    },
    volume: { name, project },
  };
}

function wayOf({ name, by, share }: ReachedVolume, container: string, target: string): string {
  const what = `volume ${name}${share === null ? '' : `, shared as ${share.name},`}`;
  return by === 'name'
    ? `${container} mounts ${what} at ${target}`
    : `${container} mounts a path that leads into ${what} at ${target}`;
}

function named(name: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [name]: value };
}
