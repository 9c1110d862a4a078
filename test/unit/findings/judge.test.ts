import t from 'tap';
import { judge } from '../../../src/findings/judge.ts';
import { around, bind, container, folder, tmpfs, volume, volumeMount } from './facts.ts';

const unlimited = { ...tmpfs, tmpfs: { sizeBytes: null, noexec: true, nosuid: true, nodev: true }, project: 'shop' };
const scene = {
  containers: [{ ...container, mounts: [tmpfs, { ...unlimited, target: '/cache' }] }],
  volumes: [volume],
};

t.test('a breach comes with its rule, severity, subject and project', async (t) => {
  const judged = judge(scene, around, new Map());
  t.match(judged, [
    {
      rule: { id: 'MNT-009' },
      severity: 'medium',
      subject: { kind: 'mount', volume: null, containerId: 'c1', containerName: 'app', target: '/cache' },
      project: 'shop',
      breach: { evidence: { target: '/cache' } },
    },
  ]);
  t.equal(judged.length, 1);
});

t.test('a rule that is off is not asked; one that is treated otherwise is', async (t) => {
  t.same(judge(scene, around, new Map([['MNT-009', 'off']])), []);
  t.equal(judge(scene, around, new Map([['MNT-009', 'allow']])).length, 1);
});

t.test('what has no fault has no finding', async (t) => {
  const mounts = [tmpfs, { ...bind, path: folder }, volumeMount];
  t.same(judge({ containers: [{ ...container, mounts }], volumes: [volume] }, around, new Map()), []);
});
