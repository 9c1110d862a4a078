import t from 'tap';
import { copyAccess, copyObstacle, repositoryAccess } from '../../../src/restic/repository-access.ts';
import { listenerOf, type RepositoryLocation, resticAddress } from '../../../src/restic/repository-location.ts';

const s3 = { endpoint: 'https://s3.example.com/', bucket: 'backups', prefix: 'team/shop', region: null };
const sftp = { server: 'nas.example.com', port: 2222, user: 'back up', path: '/srv/a b#1', knownHosts: 'x' };
const network = 'host';

const cases: readonly [RepositoryLocation, string, { server: string; port: number } | null][] = [
  [{ kind: 'volume', host: 'local', volume: 'v' }, '/repository', null],
  [{ kind: 'path', host: 'local', path: '/srv' }, '/repository', null],
  [{ kind: 'rest', url: 'https://server/x/', network }, 'rest:https://server/x/', { server: 'server', port: 443 }],
  [{ kind: 's3', s3, network }, 's3:https://s3.example.com/backups/team/shop', { server: 's3.example.com', port: 443 }],
  [
    { kind: 's3', s3: { ...s3, endpoint: 'http://[::1]:9000', prefix: '' }, network },
    's3:http://[::1]:9000/backups',
    { server: '::1', port: 9000 },
  ],
  [
    { kind: 'sftp', sftp, network },
    'sftp://back%20up@nas.example.com:2222//srv/a%20b%231',
    { server: 'nas.example.com', port: 2222 },
  ],
  [
    { kind: 'sftp', sftp: { ...sftp, server: 'fe80::1' }, network },
    'sftp://back%20up@[fe80::1]:2222//srv/a%20b%231',
    { server: 'fe80::1', port: 2222 },
  ],
];
for (const [location, address, listener] of cases)
  t.test(address, async (t) => {
    t.equal(resticAddress(location, '/repository'), address);
    t.same(listenerOf(location), listener);
  });

t.test('secrets stand in files only, quoted for the shell', async (t) => {
  const rest: RepositoryLocation = { kind: 'rest', url: 'http://server:8000/', network };
  const opened = { location: rest, secret: { password: 'p1', username: "o'neil", userPassword: 'u/1' } };
  const target = {
    location: { kind: 's3', s3, network } as const,
    secret: { password: 'p2', accessKeyId: 'key', secretAccessKey: 's$1' },
  };
  const one = repositoryAccess(opened, true);
  t.same(one.secrets, {
    password: 'p1',
    env: "export RESTIC_REST_USERNAME='o'\\''neil'\nexport RESTIC_REST_PASSWORD='u/1'\n",
  });
  const two = copyAccess(target, opened);
  t.match(two.secrets, { password: 'p2', 'password-from': 'p1' });
  t.match(two.secrets.env, "export RESTIC_FROM_REPOSITORY='rest:http://o'\\''neil:u%2F1@server:8000/'");
  t.match(two.secrets.env, "export AWS_SECRET_ACCESS_KEY='s$1'");
  t.notMatch(JSON.stringify([one.environment, two.environment]), /p1|p2|u\/1|u%2F1|s\$1|neil/);
  t.equal(two.environment['STOWAGE_REACH'], 'server 8000 s3.example.com 443');
});

t.test('two repositories that no helper can reach at once', async (t) => {
  const password = 'x';
  const here = { location: { kind: 'path', host: 'a', path: '/x' } as const, secret: { password } };
  const there = { location: { kind: 'volume', host: 'b', volume: 'x' } as const, secret: { password } };
  const bucket = (accessKeyId: string, region: string | null) => ({
    location: { kind: 's3', s3: { ...s3, region }, network } as const,
    secret: { password, accessKeyId, secretAccessKey: 's' },
  });
  t.match(copyObstacle(here, there), /host "a".*host "b"/);
  t.equal(copyObstacle(here, bucket('k', null)), null);
  t.equal(copyObstacle(bucket('k', 'r'), bucket('k', 'r')), null);
  t.match(copyObstacle(bucket('k', null), bucket('l', null)), /one access key/);
  t.match(copyObstacle(bucket('k', 'r'), bucket('k', 's')), /one region/);
});
