import t from 'tap';
import { connectEngines } from '../../../src/engine/engines.ts';
import { carryOutRestart } from '../../../src/jobs/carry-out-restart.ts';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';

const compose = { project: 'com.docker.compose.project', service: 'com.docker.compose.service' };
const gone = '0'.repeat(64);

t.test(
  'a container that was made anew under its name is started again, one of something else is not touched',
  async (t) => {
    const docker = testDocker(t);
    const { dockerHost, helperImage } = groundOfTests();
    const making = { helperImage: async () => helperImage, installation: 'test' };
    const engines = connectEngines([{ name: 'local', endpoint: dockerHost }], making);
    t.teardown(() => engines.close());
    const volume = docker.name('data');

    /** Whether a stopped container with these labels is started for a note of this service. */
    async function isStarted(labels: Record<string, string>, service: { project: string; name: string } | null) {
      const container = await docker.container({ volume, script: 'sleep 600', stopTimeout: 1, labels });
      await container.stop();
      const name = (await container.inspect()).Name.slice(1);
      const noted = { id: gone, name, service: service && { ...service, number: '7' }, paused: false };
      t.match(await carryOutRestart(engines.get('local'), { containers: [noted] }), { failure: null });
      return (await container.inspect()).State.Running;
    }
    const web = { [compose.project]: 'shop', [compose.service]: 'web' };
    t.equal(await isStarted({}, null), true);
    t.equal(await isStarted({}, { project: 'shop', name: 'web' }), true, 'it has no project');
    t.equal(await isStarted(web, { project: 'shop', name: 'web' }), true, 'of the same service');
    t.equal(await isStarted(web, { project: 'shop', name: 'db' }), false, 'of another service');
    t.equal(await isStarted(web, { project: 'blog', name: 'web' }), false, 'of another project');
    t.equal(await isStarted(web, null), false, 'it was of no project before');
  },
);
