import t from 'tap';
import { systemActor } from '../../../src/access/roles.ts';
import { requireHostReach, staysWithinDocker } from '../../../src/volumes/host-reach.ts';

t.test('only plain volumes and tmpfs stay within Docker', async (t) => {
  const tmpfs = { type: 'tmpfs', device: 'tmpfs' };
  t.ok(staysWithinDocker({ driver: 'local', options: {} }));
  t.ok(staysWithinDocker({ driver: 'local', options: tmpfs }));
  t.ok(staysWithinDocker({ driver: 'local', options: { ...tmpfs, o: 'size=10m,uid=1000,noexec' } }));
  for (const options of [
    { type: 'none', o: 'bind', device: '/' },
    { o: 'bind', device: '/etc' },
    { ...tmpfs, o: 'size=1m,bind' },
    { ...tmpfs, device: '/dev/sda1' },
    { type: 'ext4', device: '/dev/sda1' },
    { type: 'nfs', device: ':/', o: 'addr=10.0.0.1' },
    { ...tmpfs, other: 'x' },
    { size: '10m' },
  ])
    t.notOk(staysWithinDocker({ driver: 'local', options }), JSON.stringify(options));
  t.notOk(staysWithinDocker({ driver: 'rexray/ebs', options: {} }));
});

t.test('who administers everything may reach into the host, nobody else', async (t) => {
  const bind = { driver: 'local', options: { type: 'none', o: 'bind', device: '/' } };
  t.doesNotThrow(() => requireHostReach(systemActor, bind));
  const admin = { subject: 'key:x', name: 'x', grants: [{ role: 'admin' as const, project: 'shop' }] };
  t.throws(() => requireHostReach(admin, bind), { code: 'forbidden' });
  t.doesNotThrow(() => requireHostReach(admin, { driver: 'local', options: {} }));
});
