import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { makeVolume, startApp } from '../../machinery/engine-user.ts';
import { startStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';

t.test('where names are refused, a new volume needs one that fits', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_NAMING: 'deny', STOWAGE_NAMING_STYLES: 'project,function' } });
  const odd = docker.name('odd');
  const refused = await stowage.call('POST', volumes, { name: odd, project: 'shop' });
  t.match(refused, {
    status: 400,
    body: { code: 'volume_name_refused', errors: [{ path: '/name', rule: 'naming' }, {}] },
  });
  t.match(
    refused.body.detail,
    new RegExp(`it does not begin with its project, as "shop-…".*"shop-${odd}" or .* would fit`),
  );
  const mutation = 'mutation ($input: CreateVolumeInput!) { createVolume(input: $input) { name namingIssues } }';
  const input = { host: 'local', name: odd, project: 'shop' };
  t.match(await stowage.graphql(mutation, { input }), { errors: [{ extensions: { code: 'volume_name_refused' } }] });
  t.notOk(await docker.volumeExists(odd));

  const byProject = `${docker.name('p')}-data`;
  const byFunction = `${docker.name('f')}-backup`;
  for (const name of [byProject, byFunction]) docker.willRemoveVolume(name);
  t.match(await stowage.created('POST', volumes, { name: byProject, project: docker.name('p') }), { namingIssues: [] });
  t.match(await stowage.created('POST', volumes, { name: byFunction, project: 'shop' }), { namingIssues: [] });

  const backup = await stowage.finished('POST', `${volumes}/${byFunction}/backups`, {});
  t.equal(backup.state, 'succeeded');
  const restore = { snapshot: backup.result.snapshot, into: odd };
  t.match(await stowage.call('POST', `${volumes}/${byFunction}/restores`, restore), {
    status: 400,
    body: { code: 'volume_name_refused' },
  });
});

t.test('where names are warned of, the volume says why, whoever made it', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_NAMING: 'warn', STOWAGE_NAMING_STYLES: 'environment' } });
  const own = docker.name('own');
  t.match(await stowage.created('POST', volumes, { name: own, environment: 'production' }), {
    namingIssues: [/does not fit the style "environment": .*"prod-…"/],
    createdBy: 'stowage',
  });
  const shown = async (name: string) => stowage.until(`/v1/volumes?name=${name}`, ({ items }) => items.length === 1);
  const foreign = await makeVolume(docker.name('foreign'));
  const attributed = ({ items }: Answer) => items[0]?.createdBy === 'request';
  t.match((await stowage.until(`/v1/volumes?name=${foreign}`, attributed, 20)).items, [
    { namingIssues: { length: 1 } },
  ]);
  const labels = { 'com.docker.compose.project': docker.name('blog'), 'com.docker.compose.volume': 'pictures' };
  const composed = await makeVolume(`${docker.name('blog')}_pictures`, labels);
  docker.willRemoveVolume(composed);
  t.match((await shown(composed)).items, [{ namingIssues: [], createdBy: 'compose', project: docker.name('blog') }]);
  const app = await startApp(t, { Volumes: { '/data': {} } });
  const [{ Name: anonymous = '' } = {}] = (await app.inspect()).Mounts;
  docker.willRemoveVolume(anonymous);
  t.match((await shown(anonymous)).items, [{ namingIssues: [], createdBy: 'container', kind: 'anonymous' }]);
  const read = `{ volume(host: "local", name: "${own}") { namingIssues createdBy lastUsedAt } }`;
  t.match(await stowage.graphql(read), { data: { volume: { namingIssues: { length: 1 }, lastUsedAt: null } } });
});
