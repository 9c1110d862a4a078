import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const listing = `cd /data && find . -printf '%p %y %m %U:%G\\n' | sort; /usr/bin/getfacl -Rpn . 2> /dev/null | grep -v '^#'; /usr/bin/getfattr -Rh -m security -d -e hex . 2> /dev/null`;

const setUp = `
cd /data && umask 022
mkdir -p in/deep "odd $(printf 'a\\nb\\377')" linked && chmod 700 . && chown 5:5 .
echo a > in/file && echo b > in/deep/script && chmod 755 in/deep/script && echo s > in/suid && chmod 6755 in/suid
echo c > "odd $(printf 'a\\nb\\377')/$(printf '\\t%%20')"
ln in/file in/hard && ln -s /etc/passwd outside && ln -s in/deep inside && ln -s missing dangling && mkfifo pipe
echo v > in/capable && chmod 755 in/capable
/usr/bin/setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 in/capable
/usr/bin/setfacl -m u:77:r-x,d:u:77:rwx in && /usr/bin/setfacl -m u:88:rw in/file
echo k > linked/kept && chown -h 9:9 outside inside dangling pipe && chmod 1777 linked
`;

t.test('a repair is planned, applied and undone to the last bit, the root and odd entries included', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('mixed');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
  await docker.run(volume, setUp);
  const before = await docker.run(volume, listing);
  await docker.run(volume, 'mkdir /data/going && echo a > /data/going/a && echo b > /data/going/b');
  const complete = await docker.run(volume, listing);
  const address = `/v1/hosts/local/volumes/${volume}/permission-repairs`;
  const wish = { owner: 1000, group: 2000, folderMode: 'u=rwx,g=rwxs,o=', fileMode: 'ug=rwX,o=', exclude: ['linked'] };
  const planned = await stowage.finished('POST', address, wish);
  t.match(planned, { kind: 'permission_plan', state: 'succeeded', result: { entriesToChange: Number } });
  t.equal(await docker.run(volume, listing), complete, 'a plan changes nothing');
  const repair = await stowage.get(`/v1/permission-repairs/${planned.id}`);
  t.match(repair, {
    state: 'planned',
    request: wish,
    rootBefore: { mode: '0700', uid: 5, gid: 5 },
    rootAfter: { mode: '2770', uid: 1000, gid: 2000 },
    databases: [],
    refusals: [],
    job: null,
    undoUntil: null,
  });
  t.match(
    repair.changes.find(({ from }: { from: string }) => from === '9:9'),
    { what: 'owner', to: '1000:2000', entries: 4 },
  );
  t.match(await stowage.call('POST', `/v1/permission-repairs/${repair.id}/apply`, {}), {
    status: 400,
    body: { code: 'confirmation_required' },
  });
  t.match(await stowage.call('POST', `/v1/permission-repairs/${repair.id}/undo`, { confirm: volume }), {
    status: 409,
    body: { code: 'permission_repair_not_undoable' },
  });

  const confirm = { confirm: volume };
  const applied = await stowage.finished('POST', `/v1/permission-repairs/${repair.id}/apply`, confirm);
  t.match(applied, { state: 'succeeded', kind: 'permission_repair', result: { entriesChanged: repair.changed } });
  const look = (path: string) => docker.run(volume, `cd /data && find . -path '${path}' -printf '%m %U:%G'`);
  t.equal(await look('.'), '2770 1000:2000', 'the root is not forgotten');
  t.equal(await look('./in/deep/script'), '770 1000:2000');
  t.equal(await look('./in/suid'), '770 1000:2000', 'as chmod has it, = takes set-user-id from files');
  t.equal(await look('./outside'), '777 1000:2000', 'a link itself, not what it leads to');
  t.equal(await look('./linked'), '1777 0:0', 'what is left out stays');
  t.equal(await look('./linked/kept'), '644 0:0');
  t.match(await docker.run(volume, 'cd /data/in && /usr/bin/getfattr -m security -d capable'), /security.capability/);
  t.equal(await docker.run(volume, "stat -c '%a %u' /etc/passwd"), '644 0\n');
  t.match(await stowage.get(`/v1/permission-repairs/${repair.id}`), {
    state: 'applied',
    job: applied.id,
    undoUntil: String,
  });
  t.match(await stowage.call('POST', `/v1/permission-repairs/${repair.id}/apply`, confirm), {
    status: 409,
    body: { code: 'permission_repair_applied' },
  });

  await docker.run(volume, 'cd /data/going && rm a && mv b c && echo new > b');
  const undo = 'mutation ($input: UndoPermissionRepairInput!) { undoPermissionRepair(input: $input) { id } }';
  const { data, errors } = await stowage.graphql(undo, { input: { repair: repair.id, ...confirm } });
  t.equal(errors, undefined);
  const undone = await stowage.waitForJob(data.undoPermissionRepair.id);
  t.match(undone, {
    state: 'succeeded',
    kind: 'permission_undo',
    result: {
      entriesChanged: repair.changed - 2,
      entriesVanished: 1,
      skipped: [/^entries\/1: another one has their name/],
    },
  });
  await docker.run(volume, 'rm -r /data/going');
  t.equal(await docker.run(volume, listing), before, 'owners, modes, ACLs and capabilities are back');
  t.match(await stowage.get(`/v1/permission-repairs/${repair.id}`), { state: 'undone', undoUntil: null });
  t.match(await stowage.call('POST', `/v1/permission-repairs/${repair.id}/undo`, confirm), {
    status: 409,
    body: { code: 'permission_repair_not_undoable' },
  });
});

t.test('several writers share a folder by ACL, also what is made later; undo takes the ACL away again', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('writers');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(
    volume,
    'cd /data && mkdir up && echo a > up/a && chmod 600 up/a && echo s > up/run && chmod 4711 up/run && chown -R 33:33 .; chmod 4711 up/run; chmod 750 .; /usr/bin/setfacl -m u:5:r up/run',
  );
  const before = await docker.run(volume, listing);
  const wish = { writers: [{ user: 1000 }, { group: 2000 }] };
  const repair = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/permission-repairs`, wish);
  const job = await stowage.finished('POST', `/v1/permission-repairs/${repair.id}/apply`, { confirm: volume });
  t.match(job, { state: 'succeeded', result: { entries: 4, entriesChanged: 4 } });
  const attempt = async (user: string, script: string) => {
    const container = await docker.container({ volume, user, script });
    return (await container.wait()).StatusCode;
  };
  t.equal(
    await attempt('1000:1000', 'umask 077; echo more >> /data/up/a && mkdir /data/up/new && echo x > /data/up/new/b'),
    0,
  );
  t.equal(
    await attempt('7:2000', 'echo more >> /data/up/a && echo y >> /data/up/new/b'),
    0,
    'the default ACL reaches what came later',
  );
  t.not(await attempt('7:7', 'cat /data/up/a'), 0);
  t.equal(await attempt('33:33', 'echo more >> /data/up/a'), 0);
  await docker.run(volume, 'rm -r /data/up/new');
  const undone = await stowage.finished('POST', `/v1/permission-repairs/${repair.id}/undo`, { confirm: volume });
  t.match(undone, { state: 'succeeded', result: { entriesChanged: 4 } });
  t.equal(await docker.run(volume, listing), before);
});

t.test('bad wishes are refused, and a plan whose ground has moved', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('premises');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
  await docker.run(volume, 'echo a > /data/a');
  const address = `/v1/hosts/local/volumes/${volume}/permission-repairs`;
  const bad = [
    {},
    { owner: -1 },
    { owner: 2 ** 32 - 1 },
    { folderMode: 'rwx' },
    { fileMode: '9' },
    { fileMode: 'u=rwX,' },
    { writers: [{}] },
    { writers: [{ user: 1, group: 2 }] },
    { owner: 1, exclude: ['../x'] },
    { owner: 1, exclude: ['a//b'] },
    { exclude: ['a'] },
  ];
  for (const body of bad) t.match(await stowage.call('POST', address, body), { status: 400 }, JSON.stringify(body));
  const planned = await stowage.finished('POST', address, { owner: 1000 });
  const apply = `/v1/permission-repairs/${planned.id}/apply`;
  const { key } = await stowage.created('POST', '/v1/tokens', {
    name: 'op',
    roles: [{ role: 'operator', project: 'shop' }],
  });
  t.match(await connectClient(stowage.address, key).call('POST', apply, { confirm: volume }), { status: 403 });
  await docker.run(volume, 'chmod 711 /data');
  t.match(await stowage.finished('POST', apply, { confirm: volume }), {
    state: 'failed',
    error: { code: 'permission_plan_outdated' },
  });
  t.equal(await docker.run(volume, "stat -c '%a %u' /data /data/a"), '711 0\n644 0\n', 'nothing was changed');

  const second = await stowage.finished('POST', address, { owner: 1000 });
  await docker.container({ volume, script: 'sleep 600', stopTimeout: 1 });
  t.match(await stowage.call('POST', `/v1/permission-repairs/${second.id}/apply`, { confirm: volume }), {
    status: 409,
    body: { code: 'permission_plan_outdated' },
  });
  const third = await stowage.finished('POST', address, { owner: 1000, group: 0, fileMode: '640' });
  t.match(await stowage.finished('POST', `/v1/permission-repairs/${third.id}/apply`, { confirm: volume }), {
    state: 'succeeded',
  });
  const list = await stowage.get(`${address}?limit=2`);
  t.same(
    list.items.map(({ id }: { id: string }) => id),
    [third.id, second.id],
  );
});

t.test(
  'the record of a repair goes when its time is over, and the repair can be undone no more; another stays',
  async (t) => {
    const docker = testDocker(t);
    const first = await startStowage(t);
    const repaired = async (what: string) => {
      const volume = docker.name(what);
      await first.created('POST', '/v1/hosts/local/volumes', { name: volume });
      await docker.run(volume, 'echo a > /data/a');
      const plan = await first.finished('POST', `/v1/hosts/local/volumes/${volume}/permission-repairs`, {
        owner: 1000,
      });
      docker.willRemoveVolume(`stowage-permissions-${plan.id}`);
      await first.finished('POST', `/v1/permission-repairs/${plan.id}/apply`, { confirm: volume });
      return { volume, id: plan.id };
    };
    const old = await repaired('old');
    const young = await repaired('young');
    t.ok(await docker.volumeExists(`stowage-permissions-${old.id}`));
    await first.stop();
    await first.database.query(
      `update permission_repairs set undo_until = now() - interval '1 second' where id = '${old.id}'`,
    );
    const second = await startStowage(t, { database: first.database, state: first.state });
    await docker.until(async () => !(await docker.volumeExists(`stowage-permissions-${old.id}`)), 30);
    await second.until(`/v1/permission-repairs/${old.id}`, ({ undoUntil }) => undoUntil === null, 10);
    t.match(await second.call('POST', `/v1/permission-repairs/${old.id}/undo`, { confirm: old.volume }), {
      status: 409,
      body: { code: 'permission_repair_not_undoable' },
    });
    t.ok(await docker.volumeExists(`stowage-permissions-${young.id}`));
    const undone = await second.finished('POST', `/v1/permission-repairs/${young.id}/undo`, { confirm: young.volume });
    t.match(undone, { state: 'succeeded' });
  },
);
