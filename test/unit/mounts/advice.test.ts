import t from 'tap';
import { adviseMount } from '../../../src/mounts/advice.ts';

t.test('each purpose has its type, its class and its rights', async (t) => {
  const table = [
    ['database', 'volume', 'critical', false],
    ['uploads', 'volume', 'user', false],
    ['configuration', 'bind', 'config', true],
    ['source_code', 'bind', 'user', false],
    ['logs', 'volume', 'logs', false],
    ['cache', 'tmpfs', 'cache', false],
    ['temporary', 'tmpfs', 'temporary', false],
    ['secret', 'tmpfs', 'temporary', false],
    ['build_cache', 'volume', 'cache', false],
    ['shared', 'volume', 'user', false],
    ['backup', 'volume', 'critical', false],
  ] as const;
  for (const [purpose, type, dataClass, readOnly] of table) {
    const advice = adviseMount({ purpose });
    t.match(advice, { purpose, type, dataClass, readOnly }, purpose);
    t.match(advice.specification.mount, new RegExp(`^type=${type},`), purpose);
    t.match(advice.reason, /^[A-Z].*\.$/, purpose);
  }
});

t.test('what is settled already goes into the specification', async (t) => {
  const volume = adviseMount({ purpose: 'database', name: 'shop-db', target: '/var/lib/postgresql/data' });
  t.equal(volume.specification.volume, 'shop-db:/var/lib/postgresql/data');
  const bind = adviseMount({ purpose: 'configuration', source: '/etc/nginx.conf', target: '/etc/nginx/nginx.conf' });
  t.equal(bind.specification.volume, '/etc/nginx.conf:/etc/nginx/nginx.conf:ro');
  t.equal(adviseMount({ purpose: 'shared', name: 'files', readOnly: true }).specification.volume, 'files:/shared:ro');
});

t.test('a tmpfs is that of its preset', async (t) => {
  const forms = (['temporary', 'cache', 'secret'] as const).map((purpose) => adviseMount({ purpose }));
  t.same(
    forms.map(({ preset, specification }) => [preset, specification.tmpfs]),
    [
      ['temp', '/tmp:rw,noexec,nosuid,nodev,size=50m'],
      ['cache', '/var/cache/app:rw,noexec,nosuid,nodev,size=200m'],
      ['secure', '/run/secrets:rw,noexec,nosuid,nodev,size=10m'],
    ],
  );
});

t.test('another type is advised where what it is made of is named', async (t) => {
  t.match(adviseMount({ purpose: 'logs', source: '/var/log/shop' }), {
    type: 'bind',
    specification: { volume: '/var/log/shop:/var/log/app' },
  });
  t.equal(adviseMount({ purpose: 'logs', source: '/var/log/shop', name: 'shop-logs' }).type, 'volume');
  t.equal(adviseMount({ purpose: 'backup', source: '/mnt/disk' }).type, 'bind');
  t.match(adviseMount({ purpose: 'cache', name: 'shop-cache' }), { type: 'volume', preset: null });
  t.equal(adviseMount({ purpose: 'build_cache' }).specification.volume, '/root/.cache');
  t.equal(adviseMount({ purpose: 'build_cache', name: 'npm' }).specification.volume, 'npm:/root/.cache');
});

t.test('warnings speak of the case', async (t) => {
  const warns = (wish: Parameters<typeof adviseMount>[0], pattern: RegExp, isSo = true) =>
    t.equal(
      adviseMount(wish).warnings.some((text) => pattern.test(text)),
      isSo,
      `${JSON.stringify(wish)} ${pattern}`,
    );
  warns({ purpose: 'database' }, /is an example/);
  warns({ purpose: 'database', name: 'x1' }, /is an example/, false);
  warns({ purpose: 'database', source: '/srv' }, /"\/srv" is not used: a volume suits better/);
  warns({ purpose: 'temporary', name: 'x1' }, /"x1" is not used: a tmpfs suits better/);
  warns({ purpose: 'configuration' }, /Give the folder of the host/);
  warns({ purpose: 'configuration', source: '/srv' }, /Give the folder of the host/, false);
  warns({ purpose: 'configuration', readOnly: false }, /can change its own configuration/);
  warns({ purpose: 'configuration', source: '/a:b' }, /colon/);
  warns({ purpose: 'database', readOnly: true }, /cannot write there/);
  warns({ purpose: 'temporary', readOnly: true }, /empty at each start, so/);
  warns({ purpose: 'temporary' }, /counts as memory/);
  warns({ purpose: 'build_cache' }, /--rm/);
  warns({ purpose: 'build_cache', name: 'npm' }, /--rm/, false);
});
