import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { makeScenery } from './scenery.ts';

t.test('a volume that the job of a group is about is in use', async (t) => {
  const docker = testDocker(t);
  const scenery = makeScenery(t, docker);
  const stowage = await startStowage(t, { roles: 'api,watcher' });
  const composeProject = docker.name('shop');
  const volume = await scenery.volume('of-group', { 'com.docker.compose.project': composeProject });
  const free = await scenery.volume('free');
  await stowage.until(`/v1/volumes?name=${volume}`, ({ items }) => items.length === 1, 20);
  const groups = `/v1/hosts/local/compose-projects/${composeProject}`;
  const { id } = await stowage.accepted('POST', `${groups}/backups`, {});
  const planned = () =>
    stowage.created('POST', '/v1/hosts/local/prune-plans', { volumes: { label: [scenery.label], all: true } });
  const shown = JSON.stringify(await planned());
  t.match(shown, `Jobs work on it: group_backup ${id} (queued).`);
  await stowage.post(`/v1/jobs/${id}/cancel`, {});
  const after = await planned();
  t.notMatch(JSON.stringify(after), 'Jobs work on it');
  t.match(JSON.stringify(after), free);
});
