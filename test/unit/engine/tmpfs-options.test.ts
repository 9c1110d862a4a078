import t from 'tap';
import { tmpfsMountsOf } from '../../../src/engine/container-details.ts';
import { parseTmpfsOptions } from '../../../src/engine/tmpfs-options.ts';

const safe = { noexec: true, nosuid: true, nodev: true };
const cases: [string, object][] = [
  ['', { ...safe, sizeBytes: null }],
  ['size=64m', { ...safe, sizeBytes: 64 * 1024 ** 2 }],
  ['size=1G,mode=1777', { ...safe, sizeBytes: 1024 ** 3 }],
  ['size=4096', { ...safe, sizeBytes: 4096 }],
  ['size=50%', { ...safe, sizeBytes: null }],
  ['exec', { ...safe, noexec: false, sizeBytes: null }],
  ['exec,noexec', { ...safe, sizeBytes: null }],
  ['rw,suid,dev', { noexec: true, nosuid: false, nodev: false, sizeBytes: null }],
];

for (const [options, expected] of cases) {
  t.test(`tmpfs with "${options}"`, (t) => {
    t.same(parseTmpfsOptions(options.split(',')), expected);
    t.end();
  });
}

t.test('both ways to ask for a tmpfs are found', (t) => {
  const mounts = tmpfsMountsOf({
    Tmpfs: { '/cache': 'size=200m,ro' },
    Mounts: [{ Type: 'tmpfs', Target: '/temp', Source: '', TmpfsOptions: { SizeBytes: 1024, Mode: 0o1777 } }],
  });
  t.match(mounts, [
    { type: 'tmpfs', target: '/cache', readOnly: true, tmpfs: { sizeBytes: 200 * 1024 ** 2 } },
    { type: 'tmpfs', target: '/temp', readOnly: false, tmpfs: { sizeBytes: 1024 } },
  ]);
  t.end();
});
