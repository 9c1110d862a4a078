import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const fingerprint = 'cd /data; find . -printf "%P %y %m %T@ %s\\n" | sort; find . -type f -exec sha256sum {} + | sort';

t.test(
  'snapshots of plain restic are imported without a change to the repository, browsed, and restored',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    const repository = docker.name('theirs');
    await docker.engine.createVolume({ Name: repository });
    const files =
      'mkdir -p /tmp/a*b/docs /tmp/etc; echo letter > /tmp/a*b/docs/letter; chmod 0710 /tmp/a*b/docs; echo conf > /tmp/etc/conf';
    const restic = 'restic --repo /data --no-cache --quiet';
    await docker.run(
      repository,
      `export RESTIC_PASSWORD='a foreign password'; ${files}
     ${restic} init; ${restic} backup --host ALICE-PC '/tmp/a*b/docs'; ${restic} backup --host ALICE-PC '/tmp/a*b/docs' /tmp/etc
     ${restic} backup --host elsewhere --tag project=shop,reason=before_delete --tag stowage /tmp/etc`,
    );
    const before = await docker.run(repository, fingerprint);

    const password = { password: 'a wrong password' };
    await stowage.created('POST', '/v1/repositories', {
      name: 'theirs',
      volume: repository,
      readOnly: true,
      ...password,
    });
    t.match(await stowage.finished('POST', '/v1/repositories/theirs/imports', {}), {
      state: 'failed',
      error: { code: 'repository_password_wrong' },
    });
    t.equal((await stowage.call('PATCH', '/v1/repositories/theirs', { password: 'a foreign password' })).status, 200);
    const mutation = 'mutation ($input: ImportRepositoryInput!) { importRepository(input: $input) { id } }';
    const { data } = await stowage.graphql(mutation, { input: { repository: 'theirs' } });
    const imported = await stowage.waitForJob(data.importRepository.id);
    t.match(imported, { state: 'succeeded', result: { snapshotsFound: 3, snapshotsAdded: 3, snapshotsRemoved: 0 } });
    t.match(await stowage.finished('POST', '/v1/repositories/theirs/imports', {}), { result: { snapshotsAdded: 0 } });
    t.equal((await stowage.finished('POST', '/v1/repositories/theirs/tests', {})).state, 'succeeded');
    const { items } = await stowage.get('/v1/snapshots?repository=theirs');
    t.match(items, [
      { host: 'elsewhere', volume: null, project: null, reason: 'foreign', path: '/tmp/etc' },
      { host: 'ALICE-PC', volume: null, reason: 'foreign', path: '/', paths: ['/tmp/a*b/docs', '/tmp/etc'] },
      { host: 'ALICE-PC', volume: null, reason: 'foreign', path: '/tmp/a*b/docs', files: 1 },
    ]);
    const [, several, single] = items;
    t.match((await stowage.get(`/v1/snapshots/${single.id}/entries`)).items, [{ path: '/letter', name: 'letter' }]);
    t.match((await stowage.get(`/v1/snapshots/${several.id}/entries`)).items, [{ path: '/tmp', type: 'dir' }]);
    t.match((await stowage.get(`/v1/snapshots/${several.id}/entries?path=/tmp`)).items, [
      { name: 'a*b' },
      { name: 'etc' },
    ]);

    const one = docker.name('one');
    const restored = await stowage.finished('POST', `/v1/snapshots/${single.id}/restores`, { into: one });
    t.equal(restored.state, 'succeeded', restored.error?.detail);
    t.equal(await docker.run(one, 'cat /data/letter; stat -c %a /data'), 'letter\n710\n');
    const all = docker.name('all');
    const whole = await stowage.finished('POST', `/v1/snapshots/${several.id}/restores`, { into: all });
    t.equal(whole.state, 'succeeded', whole.error?.detail);
    t.equal(await docker.run(all, 'cat "/data/tmp/a*b/docs/letter" /data/tmp/etc/conf'), 'letter\nconf\n');

    const volume = docker.name('own');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
    const backups = `/v1/hosts/local/volumes/${volume}/backups`;
    t.match(await stowage.call('POST', backups, { repository: 'theirs' }), {
      status: 409,
      body: { code: 'repository_read_only' },
    });
    t.equal(await docker.run(repository, fingerprint), before, 'the repository is as it was');

    await stowage.created('POST', '/v1/repositories', {
      name: 'again',
      volume: repository,
      readOnly: true,
      password: 'a foreign password',
    });
    t.match(await stowage.finished('POST', '/v1/repositories/again/imports', {}), {
      state: 'failed',
      error: { code: 'repository_exists' },
    });
    t.equal((await stowage.call('DELETE', '/v1/repositories/theirs?confirm=theirs')).status, 200);
    t.equal((await stowage.get('/v1/snapshots')).items.length, 0, 'what was only read is forgotten with it');
  },
);
