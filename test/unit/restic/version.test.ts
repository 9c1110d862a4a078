import t from 'tap';
import { isSupported, requireSupported } from '../../../src/restic/version.ts';

const cases: readonly [string, boolean][] = [
  ['0.18.0', true],
  ['0.18', true],
  ['0.19.1-dev', true],
  ['0.20.0', true],
  ['1.0.0', true],
  ['0.17.3', false],
  ['0.9.6', false],
  ['0.14.0', false],
  ['', false],
  ['unknown', false],
];
for (const [version, supported] of cases)
  t.test(`restic ${version || 'of no version'}`, async (t) => {
    t.equal(isSupported(version), supported);
    if (!supported)
      t.throws(() => requireSupported(version), { code: 'restic_unsupported', message: /0\.18 or newer/ });
  });
