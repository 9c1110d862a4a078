import type { ContainerFacts, HostFacts, MountFacts, Surroundings, VolumeFacts } from '../../../src/findings/facts.ts';
import { judge } from '../../../src/findings/judge.ts';
import { around, container, host } from './facts.ts';

/** Rule and severity of what a mount breaks, such as `MNT-009 medium`, as far as its container is not the reason. */
export function ofMount(mount: MountFacts, differing: Partial<ContainerFacts> = {}, where: Partial<Surroundings> = {}) {
  return verdicts({ containers: [{ ...container, ...differing, mounts: [mount] }] }, where).filter((one) =>
    one.startsWith('MNT'),
  );
}

export function ofContainer(differing: Partial<ContainerFacts>) {
  return verdicts({ containers: [{ ...container, ...differing }] });
}

export function ofVolume(volume: VolumeFacts, where: Partial<Surroundings> = {}) {
  return verdicts({ volumes: [volume] }, where);
}

export function ofHost(differing: Partial<HostFacts>) {
  return verdicts({}, { host: { ...host, ...differing } });
}

function verdicts(
  { containers = [], volumes = [] }: { containers?: ContainerFacts[]; volumes?: VolumeFacts[] },
  where: Partial<Surroundings> = {},
): string[] {
  return judge({ containers, volumes }, { ...around, ...where }, new Map())
    .map(({ rule, severity }) => `${rule.id} ${severity}`)
    .sort();
}
