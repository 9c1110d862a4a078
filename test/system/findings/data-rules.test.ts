import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { makeVolume } from '../../machinery/engine-user.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { binds, folder, judgePairs } from './pairs.ts';

t.test('tmpfs, anonymous volumes and databases', async (t) => {
  const docker = testDocker(t);
  const base = await folder(t);
  const [repo, tag] = [`found/${docker.name('x')}/postgres`, '17'];
  await docker.engine.getImage(groundOfTests().helperImage).tag({ repo, tag });
  t.teardown(() => docker.engine.getImage(`${repo}:${tag}`).remove());
  const named = await makeVolume(docker.name('data'));
  const data = (Source: string, Target: string) => ({ Mounts: [{ Type: 'volume' as const, Source, Target }] });
  const always = { RestartPolicy: { Name: 'always' } };
  await judgePairs(
    t,
    [
      {
        rule: 'MNT-009',
        what: 'no size',
        severity: 'medium',
        faulty: { HostConfig: { Tmpfs: { '/tmp': '' } } },
        sound: { HostConfig: { Tmpfs: { '/tmp': 'size=10m' } } },
      },
      {
        rule: 'MNT-009',
        what: 'as a mount',
        severity: 'medium',
        faulty: { HostConfig: { Mounts: [{ Type: 'tmpfs', Source: '', Target: '/tmp' }] } },
        sound: {
          HostConfig: {
            Mounts: [
              { Type: 'tmpfs', Source: '', Target: '/tmp', TmpfsOptions: { SizeBytes: 1_000_000, Mode: 0o1777 } },
            ],
          },
        },
      },
      {
        rule: 'MNT-010',
        what: 'programs',
        severity: 'low',
        faulty: { HostConfig: { Tmpfs: { '/tmp': 'size=10m,exec' } } },
        sound: { HostConfig: { Tmpfs: { '/tmp': 'size=10m' } } },
      },
      {
        rule: 'MNT-012',
        what: 'an anonymous volume',
        severity: 'medium',
        faulty: { Volumes: { '/data': {} }, HostConfig: always },
        sound: { HostConfig: { ...data(named, '/data'), ...always } },
      },
      {
        rule: 'MNT-014',
        what: 'a database on a bind',
        severity: 'medium',
        faulty: { Image: `${repo}:${tag}`, ...binds(`${base}:/var/lib/postgresql/data`) },
        sound: { Image: `${repo}:${tag}`, HostConfig: data(named, '/var/lib/postgresql/data') },
      },
    ],
    {},
  );
});
