import type { ContainerFacts } from '../facts.ts';
import { rule } from '../rule.ts';

const dayMs = 86_400_000;

export const anonymousVolume = rule({
  id: 'MNT-012',
  subject: 'mount',
  title: 'A long-lived container keeps data in an anonymous volume',
  severity: 'medium',
  why: 'Nobody finds the data of an anonymous volume again once its container is replaced: the new one gets a new, empty volume, and the old one is removed with `docker rm -v` or the next prune.',
  remedy:
    'Give it a name: `docker volume create NAME`, copy the data (a backup, and a restore into the new volume), and mount it with `-v NAME:TARGET`.',
  check({ mount: { type, volume, target }, container }, { now }) {
    if (type !== 'volume' || volume === null || !isAnonymous(volume) || !isLongLived(container, now)) return null;
    return {
      detail: `The container keeps ${target} in an anonymous volume.`,
      evidence: { target, volume, state: container.state, restartPolicy: container.restartPolicy },
    };
  },
});

/** A proposed container has no name for it yet. */
function isAnonymous(volume: string): boolean {
  return volume === '' || /^[0-9a-f]{64}$/.test(volume);
}

function isLongLived({ state, restartPolicy, createdAt }: ContainerFacts, now: Date): boolean {
  if (state !== 'running' && state !== 'restarting') return false;
  if (restartPolicy !== '' && restartPolicy !== 'no') return true;
  return state === 'running' && createdAt !== null && now.getTime() - createdAt.getTime() > dayMs;
}
