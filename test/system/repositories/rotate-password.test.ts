import t from 'tap';
import { startRestServer } from '../../machinery/servers/rest-server.ts';
import { backedUp, keysOf, opens, passwordOf, rotations, shownOf, withSnapshot } from './rotated.ts';

t.test('a repository gets a new password, and the old one opens it no more', async (t) => {
  const { stowage, volume } = await withSnapshot(t);
  const before = await passwordOf(stowage);
  const job = await stowage.finished('POST', rotations, {}, 60);
  t.match(
    job,
    { kind: 'repository_rotate_password', state: 'succeeded', result: { oldKeyRemoved: true } },
    job.error?.detail,
  );
  const after = await passwordOf(stowage);
  t.match(after, /^[\w-]{43}$/);
  t.not(after, before);
  t.equal(await keysOf(stowage), 1);
  t.notOk(await opens(stowage, before));
  await backedUp(stowage, volume);
  t.equal((await stowage.get(`/v1/hosts/local/volumes/${volume}/snapshots`)).items.length, 2);

  const given = "it's a given one";
  const query = 'mutation ($input: RotateRepositoryPasswordInput!) { rotateRepositoryPassword(input: $input) { id } }';
  const { data, errors } = await stowage.graphql(query, { input: { repository: 'default', password: given } });
  t.same(errors, undefined);
  t.match(await stowage.waitForJob(data.rotateRepositoryPassword.id, 60), { state: 'succeeded' });
  t.equal(await passwordOf(stowage), given);
  await backedUp(stowage, volume);
  t.match(await stowage.call('POST', rotations, { password: given }), { status: 400, body: { code: 'invalid_input' } });
  t.match(await stowage.call('POST', rotations, { password: ' spaces around ' }), { status: 400 });
  t.match(await stowage.call('POST', rotations, { password: 'short' }), { status: 400 });
});

t.test('the new password is in nothing that Docker shows, in no log and not in the database', async (t) => {
  const { docker, stowage } = await withSnapshot(t);
  const password = 'correct-horse-battery-staple-of-a-test';
  const job = await stowage.accepted('POST', rotations, { password });
  const helper = await docker.pauseHelper(job.id, 'add');
  const shown = await shownOf(docker, job.id);
  t.match(shown, /password-other/);
  t.notOk(shown.includes(password));
  await helper.unpause();
  t.match(await stowage.waitForJob(job.id, 60), { state: 'succeeded' });
  t.equal(await passwordOf(stowage), password);
  t.notOk(stowage.log().includes(password));
  const { items } = await stowage.get(`/v1/jobs/${job.id}/log`);
  t.notOk(JSON.stringify(items).includes(password));
  const [row] = await stowage.database.query(
    "select j::text || r::text as text from jobs j, repositories r where j.kind = 'repository_rotate_password' and r.name = 'default'",
  );
  t.notOk(row?.text.includes(password));
  t.ok(row?.text.includes('sealed'));
});

t.test('a rotation waits for the jobs of the repository, and they wait for it', async (t) => {
  const { docker, stowage, volume } = await withSnapshot(t);
  const backups = `/v1/hosts/local/volumes/${volume}/backups`;
  const backup = await stowage.accepted('POST', backups, {});
  const reader = await docker.pauseHelper(backup.id, 'backup');
  const rotation = await stowage.accepted('POST', rotations, {});
  await new Promise((resolve) => setTimeout(resolve, 2000));
  t.match(await stowage.get(`/v1/jobs/${rotation.id}`), { state: 'queued' });
  await reader.unpause();
  const remover = await docker.pauseHelper(rotation.id, 'remove');
  t.match(await stowage.get(`/v1/jobs/${backup.id}`), { state: 'succeeded' });
  const later = await stowage.accepted('POST', backups, {});
  await new Promise((resolve) => setTimeout(resolve, 2000));
  t.match(await stowage.get(`/v1/jobs/${later.id}`), { state: 'queued' });
  await remover.unpause();
  t.match(await stowage.waitForJob(rotation.id, 60), { state: 'succeeded', result: { oldKeyRemoved: true } });
  t.match(await stowage.waitForJob(later.id, 60), { state: 'succeeded', attempts: [{ error: null }] });
});

t.test('where nothing can be removed it is told that the old password still opens the repository', async (t) => {
  const { stowage, volume } = await withSnapshot(t);
  const server = await startRestServer(t, { appendOnly: true });
  const place = { url: `${server.url}one/`, username: 'stowage', userPassword: 'correct' };
  await stowage.created('POST', '/v1/repositories', { name: 'away', ...place });
  const backups = `/v1/hosts/local/volumes/${volume}/backups`;
  t.match(await stowage.finished('POST', backups, { repository: 'away' }, 60), { state: 'succeeded' });
  for (const isDeclared of [false, true]) {
    if (isDeclared) await stowage.call('PATCH', '/v1/repositories/away', { appendOnly: true });
    const before = await passwordOf(stowage, 'away');
    const job = await stowage.finished('POST', '/v1/repositories/away/password-rotations', {}, 60);
    t.match(job, {
      state: 'succeeded',
      result: { oldKeyRemoved: false, oldKeyLeftWhy: isDeclared ? /append-only/ : /403/ },
    });
    t.not(await passwordOf(stowage, 'away'), before);
    t.ok(await opens(stowage, before, 'away'), 'it does, as is told');
    t.match(await stowage.finished('POST', backups, { repository: 'away' }, 60), { state: 'succeeded' });
  }
  await stowage.call('PATCH', '/v1/repositories/away', { readOnly: true });
  const readOnly = await stowage.call('POST', '/v1/repositories/away/password-rotations', {});
  t.match(readOnly, { body: { code: 'repository_read_only' } });
});
