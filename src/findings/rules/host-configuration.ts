import { posix } from 'node:path';
import { boundNamesOf, isWithin, mountEvidence, pathText } from '../bound-path.ts';
import type { MountFacts } from '../facts.ts';
import { rule } from '../rule.ts';

const configuration = /\.(conf|cnf|ini|yaml|yml|toml|json|env)$|^\.env(\.|$)/;

export const writableConfiguration = rule({
  id: 'MNT-004',
  subject: 'mount',
  title: 'Configuration on the host is writable',
  severity: 'medium',
  why: 'A container that is taken over can change configuration that it may write, and with it what it or the host does after the next start. Configuration is read; nothing in a container needs to write it.',
  remedy: 'Mount it read-only: append `:ro` to `-v`, or `,readonly` to `--mount`; `read_only: true` in a compose file.',
  check({ mount }) {
    if (mount.readOnly) return null;
    const isConfiguration = boundNamesOf(mount).some(
      (name) => (name !== '/etc' && isWithin(name, '/etc')) || isConfigurationFile(mount, name),
    );
    if (!isConfiguration) return null;
    return {
      detail: `${pathText(mount)} is configuration, and the container may write it at ${mount.target}.`,
      evidence: mountEvidence(mount),
    };
  },
});

/** By its name, unless it is known to be something else than a file. */
function isConfigurationFile({ path }: MountFacts, name: string): boolean {
  return configuration.test(posix.basename(name)) && (path?.kind ?? 'file') === 'file';
}
