import t from 'tap';
import { wayTo } from '../../../src/space/ways.ts';

const plain = {
  name: 'db',
  driver: 'local',
  options: {},
  mountpoint: '/var/lib/docker/volumes/db/_data',
  isRunning: false,
};
const nfs = { ...plain, options: { type: 'nfs', device: ':/export', o: 'addr=10.0.0.1' } };

t.test('how a volume is measured', (t) => {
  t.same(wayTo(plain, '/var/lib/docker'), { by: 'folder' });
  t.same(wayTo(plain, '/elsewhere'), { by: 'mount' }, 'it lies somewhere else');
  t.same(wayTo(plain, null), { by: 'mount' }, 'the folder cannot be seen');
  t.match(wayTo(nfs, '/var/lib/docker'), { by: 'none', reason: /^it has options and no running container/ });
  t.same(wayTo({ ...nfs, isRunning: true }, '/var/lib/docker'), { by: 'mount' });
  t.match(wayTo({ ...plain, driver: 'rclone' }, '/var/lib/docker'), { by: 'none', reason: /^its driver is rclone/ });
  t.same(wayTo({ ...plain, driver: 'rclone', isRunning: true }, '/var/lib/docker'), { by: 'mount' });
  t.end();
});
