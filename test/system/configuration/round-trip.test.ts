import t from 'tap';
import { essence, openShop, secret } from './shop.ts';

const restores = '/v1/hosts/local/configuration-restores';

t.test('B2: what a Compose project is made from is kept, and made again', async (t) => {
  const { docker, stowage, project, network, volume, names, composeFile, backups, remove, inspect } = await openShop(t);
  const before = await Promise.all(names.map(async (name) => essence(await inspect(name))));
  const kept = await stowage.finished('POST', backups, {});
  t.match(kept, { kind: 'configuration_backup', state: 'succeeded', volume: null, project }, kept.error?.detail);
  const { snapshot } = kept.result;
  t.match(await stowage.get(`/v1/snapshots/${snapshot}`), {
    volume: null,
    project,
    reason: 'backup',
    path: `/configuration/local/projects/${project}`,
    image: null,
    configuration: { composeProject: project },
  });
  const listed = async (folder: string) =>
    (await stowage.get(`/v1/snapshots/${snapshot}/entries?path=${encodeURIComponent(folder)}`)).items.map(
      ({ name }: { name: string }) => name,
    );
  t.strictSame(await listed('/'), ['compose', 'compose.json', 'containers', 'images.json', 'networks', 'volumes']);
  t.strictSame(await listed('/containers'), names.map((name) => `${name}.json`).toSorted());
  t.strictSame(await listed('/networks'), [`${network}.json`]);
  t.strictSame(await listed('/volumes'), [`${volume}.json`]);
  t.strictSame(await listed('/compose'), ['1-compose.yaml']);
  const { items } = await stowage.get('/v1/snapshots?holds=configuration&limit=500');
  t.ok(items.some(({ id }: { id: string }) => id === snapshot));

  const again = await stowage.finished('POST', backups, {});
  t.match(again, { state: 'succeeded', result: { snapshot, bytesAdded: 0, skipped: [/says the same/] } });

  await remove();
  await docker.engine.getVolume(volume).remove();
  const restored = await stowage.finished('POST', restores, { snapshot }, 60);
  t.match(restored, { kind: 'configuration_restore', state: 'succeeded' }, restored.error?.detail);
  t.strictSame(restored.result.created, [
    `volume/${volume}`,
    `network/${network}`,
    ...[names[0], names[1], names[2]].map((name) => `container/${name}`),
  ]);
  const after = await Promise.all(names.map(async (name) => essence(await inspect(name))));
  t.strictSame(after, before);
  const [db, web, sidecar] = await Promise.all(names.map(inspect));
  t.equal(sidecar?.HostConfig.NetworkMode, `container:${web?.Id}`, 'in the network of the new one');
  t.ok((db?.State.StartedAt ?? '') < (web?.State.StartedAt ?? ''), 'in the order of their dependencies');
  for (const one of [db, web, sidecar]) t.equal(one?.Config.Labels['stowage.restored-by'], restored.id);
  t.match(await docker.engine.getNetwork(network).inspect(), { Internal: true });
  t.match(await docker.engine.getVolume(volume).inspect(), { Labels: { 'com.docker.compose.volume': 'data' } });
  t.equal((await docker.helpersOf(restored.id)).length, 0);

  const third = await stowage.finished('POST', backups, {});
  t.match(third, { state: 'succeeded', result: { snapshot } }, 'what was made again says the same');
  const shown = JSON.stringify([kept, again, restored, third, items]) + stowage.log();
  t.notOk(shown.includes(secret), 'no secret in jobs, snapshots or the log');
  for (const { id } of [kept, restored])
    t.notOk(JSON.stringify(await stowage.get(`/v1/jobs/${id}/log`)).includes(secret), 'nor in the log of a job');
  t.ok(composeFile.startsWith('/'));
});

t.test('over GraphQL, some containers alone, without a start; a network that is there is used', async (t) => {
  const { docker, stowage, project, names, inspect } = await openShop(t);
  const { data } = await stowage.graphql(
    `mutation ($project: String!) { createProjectConfigurationBackup(input: { host: "local", composeProject: $project }) { id } }`,
    { project },
  );
  const kept = await stowage.waitForJob(data.createProjectConfigurationBackup.id, 60);
  t.match(kept, { state: 'succeeded' }, kept.error?.detail);
  const [db] = names;
  await docker.engine.getContainer(db).remove({ force: true });
  const answer = await stowage.graphql(
    `mutation ($snapshot: ID!, $name: String!) {
      restoreConfiguration(input: { host: "local", snapshot: $snapshot, containers: [$name], start: false }) { id }
    }`,
    { snapshot: kept.result.snapshot, name: db },
  );
  const restored = await stowage.waitForJob(answer.data.restoreConfiguration.id, 60);
  t.match(restored, { state: 'succeeded', result: { created: [`container/${db}`] } }, restored.error?.detail);
  t.match(await inspect(db), { State: { Status: 'created' } });
});

t.test('the catalogue that is made anew knows what the snapshot holds, and it can be restored', async (t) => {
  const { stowage, project, backups, remove, inspect, names } = await openShop(t);
  const { result } = await stowage.finished('POST', backups, {});
  const before = await stowage.get(`/v1/snapshots/${result.snapshot}`);
  await stowage.database.query('delete from snapshots where id = $1', [result.snapshot]);
  const imported = await stowage.finished('POST', '/v1/repositories/default/imports', {}, 60);
  t.match(imported, { state: 'succeeded' }, imported.error?.detail);
  const found = await stowage.get(`/v1/snapshots/${result.snapshot}`);
  t.match(found, { project, volume: null, reason: 'backup', configuration: before.configuration });
  await remove();
  const restored = await stowage.finished('POST', restores, { snapshot: result.snapshot }, 60);
  t.match(restored, { state: 'succeeded' }, restored.error?.detail);
  t.match(await inspect(names[0]), { State: { Running: true } });
});

t.test('everything on a host is kept, without helpers', async (t) => {
  const { stowage, names } = await openShop(t);
  const kept = await stowage.finished('POST', '/v1/hosts/local/configuration-backups', {}, 60);
  t.match(kept, { state: 'succeeded', project: null }, kept.error?.detail);
  const { snapshot } = kept.result;
  t.match(await stowage.get(`/v1/snapshots/${snapshot}`), { configuration: { composeProject: null } });
  const { items } = await stowage.get(`/v1/snapshots/${snapshot}/entries?path=/containers&limit=500`);
  const found = items.map(({ name }: { name: string }) => name);
  for (const name of names) t.ok(found.includes(`${name}.json`), name);
  t.notOk(
    found.some((name: string) => name.startsWith('stowage-')),
    'no helper',
  );
});
