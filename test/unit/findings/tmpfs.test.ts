import t from 'tap';
import { tmpfsWithoutSize } from '../../../src/findings/rules/tmpfs.ts';
import { around, container, tmpfs } from './facts.ts';

t.test('MNT-009: a tmpfs without a size', async (t) => {
  const check = (mount: typeof tmpfs) => tmpfsWithoutSize.check({ mount, container }, around);
  t.equal(check(tmpfs), null);
  t.match(check({ ...tmpfs, tmpfs: { sizeBytes: null, noexec: true, nosuid: true, nodev: true } }), {
    evidence: { target: '/tmp' },
  });
  t.equal(check({ ...tmpfs, tmpfs: null }), null);
});
