import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { installVolumePlugin } from '../../machinery/volume-plugin.ts';
import { newFolder, startEngine, timedHelperImage } from '../machinery/own-engine.ts';

const volumes = '/v1/hosts/local/volumes';

t.test(
  'N31: a volume that cannot be mounted holds up no other: its job ends with a reason, and others are backed up meanwhile',
  async (t) => {
    const folder = await newFolder(t);
    // Not that of the other tests: containers in such a mount are in the way of everybody.
    const engine = await startEngine(t, folder);
    await timedHelperImage(engine.endpoint, folder);
    const docker = testDocker(t, engine);
    const { driver } = await installVolumePlugin(t, engine);
    const stowage = await startStowage(t, { env: { DOCKER_HOST: engine.endpoint, STOWAGE_JOB_ATTEMPTS: '1' } });
    const [hanging, data] = [docker.name('hanging'), docker.name('data')];
    await stowage.created('POST', volumes, { name: hanging, driver });
    await stowage.created('POST', volumes, { name: data });
    await docker.run(data, 'echo kept > /data/file');

    const stuck = await stowage.accepted('POST', `${volumes}/${hanging}/backups`, {});
    await docker.until(async () => (await docker.helpersOf(stuck.id)).length > 0, 30);
    for (const _ of [1, 2]) {
      const job = await stowage.finished('POST', `${volumes}/${data}/backups`, {});
      t.match(job, { state: 'succeeded', result: { files: 1 } });
    }
    t.match(await stowage.get(`/v1/jobs/${stuck.id}`), { state: 'running' });
    t.equal((await stowage.get(volumes)).items.length >= 2, true);
    t.match(await stowage.get('/v1/hosts/local'), { state: 'connected' });

    const ended = await stowage.waitForJob(stuck.id, 200);
    t.match(ended, { state: 'failed', error: { code: /^(host_unavailable|engine_error)$/, detail: String } });
    t.comment(JSON.stringify(ended.error));
    t.match(await stowage.finished('POST', `${volumes}/${data}/backups`, {}), { state: 'succeeded' });
  },
);
