import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import t from 'tap';
import { pack } from 'tar-stream';
import { type Action, canAccess, type Subject } from '../../../src/permissions/can-access.ts';
import { type Answer, connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { candidates, placed, setUp, tree, tried } from './trial.ts';

t.test('who may do what is told as it turns out when it is tried', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('rights');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
  await docker.run(volume, setUp);
  const trials = [];
  for (const candidate of candidates) trials.push({ candidate, ...(await tried(docker, volume, candidate)) });

  const differences: string[] = [];
  for (const { candidate, answers } of trials) {
    const { uid, groups, capabilities = [], readOnly = false } = candidate;
    const subject: Subject = {
      uid,
      groups: new Set([...groups, ...(candidate.hostConfig?.GroupAdd?.includes('root') === true ? [0] : [])]),
      capabilities: new Set(capabilities),
      readOnly,
      mapped: null,
    };
    for (const [action = '', path = '', answer] of answers) {
      const decision = canAccess(subject, placed(path), action as Action);
      if (decision.allowed !== (answer === 'yes'))
        differences.push(
          `${JSON.stringify(candidate)}: ${action} ${path}: ${answer}, said ${JSON.stringify(decision)}`,
        );
    }
  }
  t.equal(trials.flatMap(({ answers }) => answers).length, candidates.length * (tree.length * 3 - 1), 'all were tried');
  t.same(differences, [], 'the decision about each single entry');

  const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/permission-checks`, {
    subjects: [
      { user: '1000:33', groups: [44] },
      { user: '0', capabilities: [] },
    ],
  });
  t.match(job, { kind: 'permission_check', state: 'succeeded', volume, result: { entries: tree.length } });
  const check = await stowage.get(`/v1/permission-checks/${job.id}`);
  t.match(check, { host: 'local', volume, project: 'shop', entries: tree.length, complete: true, vanished: 0 });
  for (const { candidate, name, answers } of trials) {
    const told = check.consumers.find(({ container }: Answer) => container === name);
    const wanted = ['list', 'read', 'write', 'create', 'delete'].map((action) => {
      const of = (word: string) => answers.filter(([what, , answer]) => what === action && answer === word).length;
      return { action, allowed: of('yes'), denied: of('no') };
    });
    t.same(
      told.access.map(({ action, allowed, denied }: Answer) => ({ action, allowed, denied })),
      wanted,
      `counts for ${JSON.stringify(candidate)}`,
    );
    t.match(told, { state: 'exited', target: '/data', problem: null, readOnly: candidate.readOnly ?? false });
    t.match(told.subject, { uid: candidate.uid, hostUid: null, capabilities: candidate.capabilities ?? [] });
    t.match(told.root, { mode: '0755', uid: 0, gid: 0, acl: [] });
  }
  const [asked, weak] = check.consumers.filter(({ container }: Answer) => container === null);
  const same = check.consumers.find(({ subject }: Answer) => subject.from === '1000:33' && subject.groups.includes(44));
  t.same(asked.access, same.access, 'who is only asked about is judged as a container would be');
  t.match(
    weak.access[1].causes.map(({ sentence }: Answer) => sentence).join('\n'),
    /The file \(0606, 0:33\) gives its owner|it is root without the capability DAC_OVERRIDE/,
  );
  const denied = same.access.find(({ action }: Answer) => action === 'write').causes;
  t.match(
    denied.find(({ cause }: Answer) => cause === 'acl_mask'),
    {
      entries: 1,
      paths: ['acl-masked'],
      sentence:
        'The file (0740, 7:7) has the ACL entry user:1000:rw- for user 1000, which the mask r-- cuts down where w is needed.',
    },
  );

  const { data, errors } = await stowage.graphql(
    `mutation ($input: CreatePermissionCheckInput!) { createPermissionCheck(input: $input) { id } }`,
    { input: { host: 'local', name: volume, depth: 0 } },
  );
  t.equal(errors, undefined);
  await stowage.waitForJob(data.createPermissionCheck.id);
  const shown = await stowage.graphql(
    `query ($check: ID!) { permissionCheck(check: $check) { entries complete consumers { container subject { uid } access { action allowed denied } } } }`,
    { check: data.createPermissionCheck.id },
  );
  t.match(shown.data.permissionCheck, { entries: 1, complete: true });
  const list = await stowage.get(`/v1/hosts/local/volumes/${volume}/permission-checks?limit=1`);
  t.equal(list.items[0].id, data.createPermissionCheck.id, 'newest first');
  t.ok(list.nextCursor);

  const { key } = await stowage.created('POST', '/v1/tokens', {
    name: 'reader',
    roles: [{ role: 'viewer', project: 'shop' }],
  });
  const reader = connectClient(stowage.address, key);
  const seen = await reader.get(`/v1/permission-checks/${job.id}`);
  t.equal(seen.consumers.length, check.consumers.length);
  t.same(
    [...new Set(seen.consumers.map(({ container }: Answer) => container))],
    ['a container of another project', null],
    'who has no role on a container does not learn its name',
  );
  t.match(await reader.call('POST', `/v1/hosts/local/volumes/${volume}/permission-checks`, {}), { status: 403 });
});

async function tarOf(name: string, content: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name }, content);
  tar.finalize();
  return await buffer(tar);
}

t.test(
  'names come from the files of the container, a folder of the volume is a root of its own, and odd names do no harm',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    const volume = docker.name('named');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await docker.run(
      volume,
      `mkdir -p /data/sub/deep && chmod 700 /data && chown -R 5:6 /data && chmod 640 /data/sub && chmod 751 /data/sub
     printf 'a' > "/data/sub/$(printf 'new\\nline \\377 "x"')" && ln -s /etc /data/link && mkfifo /data/sub/pipe`,
    );
    const { helperImage } = groundOfTests();
    const Mounts = [
      { Type: 'volume' as const, Source: volume, Target: '/data' },
      { Type: 'volume' as const, Source: volume, Target: '/sub', VolumeOptions: { Subpath: 'sub' } },
      { Type: 'volume' as const, Source: volume, Target: '/link', VolumeOptions: { Subpath: 'sub/deep' } },
    ];
    const name = docker.name('web');
    const made = await docker.engine.createContainer({
      name,
      Image: helperImage,
      User: 'nobody-here',
      Cmd: ['true'],
      HostConfig: { NetworkMode: 'none', Mounts } as Docker.HostConfig,
    });
    const address = `/v1/hosts/local/volumes/${volume}/permission-checks`;
    const first = await stowage.finished('POST', address, {});
    t.match((await stowage.get(`/v1/permission-checks/${first.id}`)).consumers, [
      {
        container: name,
        state: 'created',
        problem: /its user "nobody-here" is not in its \/etc\/passwd/,
        subject: null,
        access: [],
      },
      {},
      {},
    ]);
    const passwd = 'root:x:0:0::/:\nnobody-here:x:5:77::/:\n';
    await docker.engine.getContainer(made.id).putArchive(await tarOf('passwd', passwd), { path: '/etc' });
    const second = await stowage.finished('POST', address, { entries: 3 });
    const { consumers, complete, entries } = await stowage.get(`/v1/permission-checks/${second.id}`);
    t.same([complete, entries], [false, 3], 'only so many are looked at');
    const byTarget = new Map<string, Answer>(consumers.map((consumer: Answer) => [consumer.target, consumer]));
    t.match(byTarget.get('/data'), {
      subject: { uid: 5, gid: 77, from: 'nobody-here' },
      folder: '',
      root: { mode: '0700' },
    });
    t.match(byTarget.get('/sub'), { folder: 'sub', root: { mode: '0751', uid: 5, gid: 6 } });

    const third = await stowage.finished('POST', address, { subjects: [{ user: '9:9' }] });
    const all = await stowage.get(`/v1/permission-checks/${third.id}`);
    const stranger = all.consumers.find(({ container }: Answer) => container === null);
    t.match(
      stranger.access.find(({ action }: Answer) => action === 'read').causes[0].sentence,
      'The folder (0700, 5:6) gives others --- where x is needed'.replace('The folder', 'A folder such as "."'),
    );
    const inSub = all.consumers.find(({ target }: Answer) => target === '/sub');
    t.match(
      inSub.access.find(({ action }: Answer) => action === 'read'),
      { allowed: 2, denied: 0 },
    );

    await docker.removeVolume(volume);
    const gone = await stowage.call('POST', address, {});
    if (gone.status === 202)
      t.match(await stowage.waitForJob(gone.body.id), { state: 'failed', error: { code: 'volume_not_found' } });
    else t.match(gone, { status: 404, body: { code: 'volume_not_found' } });
    t.notOk(await docker.volumeExists(volume), 'and it is not made again');
  },
);
