import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startApp } from '../../machinery/engine-user.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';

const run = promisify(execFile);
const { helperImage, dockerHost } = groundOfTests();

/** What a finding is, whoever found it: texts name the container, which has no name before it is made. */
function essence({ rule, severity, target, volume }: Answer): string {
  const isAnonymous = /^([0-9a-f]{64})?$/.test(volume ?? 'none');
  return [rule, severity, target ?? '-', isAnonymous ? 'anonymous' : (volume ?? '-')].join(' ');
}

t.test('what is found before a container is made is found afterwards', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const folder = await mkdtemp(join(tmpdir(), 'stowage-preflight-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await symlink(new URL(dockerHost).pathname, join(folder, 'socket'));
  await chown(folder, 1000, 1000);
  const propagated = join(folder, 'propagated');
  await mkdir(propagated);
  await run('mount', ['-t', 'tmpfs', 'tmpfs', propagated]);
  t.teardown(() => run('umount', ['--lazy', propagated]));
  await run('mount', ['--make-shared', propagated]);
  const shared = docker.name('shared');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: shared, project: 'shop' });
  await startApp(t, { Labels: { 'stowage.project': 'shop' }, HostConfig: { Binds: [`${shared}:/data`] } });
  await stowage.until(
    `/v1/hosts/local/containers?volume=${shared}&state=running`,
    ({ items }) => items.length === 1,
    20,
  );
  const body = {
    Image: helperImage,
    Labels: { 'stowage.project': 'blog' },
    Volumes: { '/anonymous': {} },
    HostConfig: {
      Binds: [`${join(folder, 'socket')}:/inside/socket`, `${folder}:/folder`, `${shared}:/shared`],
      Mounts: [
        { Type: 'bind' as const, Source: '/etc', Target: '/conf', ReadOnly: true },
        {
          Type: 'bind' as const,
          Source: propagated,
          Target: '/propagated',
          BindOptions: { Propagation: 'rshared' as const },
        },
      ],
      Tmpfs: { '/mem': 'exec' },
      RestartPolicy: { Name: 'always' },
    },
  };
  const { findings, verdict, complete } = await stowage.post('/v1/mount-evaluations', { container: body });
  t.match({ verdict, complete }, { verdict: 'deny', complete: true });

  const app = await startApp(t, body);
  const before = new Set<string>(findings.map(essence));
  const found = async (): Promise<string[]> => {
    const ofContainer = await stowage.get(`/v1/findings?container=${app.id}&limit=100`);
    const ofVolume = await stowage.get(`/v1/findings?volume=${shared}&limit=100`);
    return [...new Set<string>([...ofContainer.items, ...ofVolume.items].map(essence))].sort();
  };
  await docker.until(async () => (await found()).length >= before.size, 60);
  t.same(await found(), [...before].sort());
  for (const rule of ['MNT-001', 'MNT-007', 'MNT-008', 'MNT-009', 'MNT-012', 'VOL-001', 'VOL-003'])
    t.ok(
      [...before].some((one) => one.startsWith(rule)),
      rule,
    );
});
