import { Client } from 'pg';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

const { helperImage } = groundOfTests();

t.test(
  'a container that is removed between two statements of a request is not there, and the request is answered',
  async (t) => {
    const docker = testDocker(t);
    const whole = await startStowage(t);
    const volume = docker.name('data');
    await whole.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
    await whole.created('POST', '/v1/shares', { name: `${volume}-share`, host: 'local', volume });
    const Mounts = [{ Type: 'volume', Source: volume, Target: '/data' }];
    const questions: [what: string, ask: (stowage: Stowage) => ReturnType<Stowage['call']>][] = [
      [
        'an evaluation',
        (stowage) =>
          stowage.call('POST', '/v1/mount-evaluations', { container: { Image: helperImage, HostConfig: { Mounts } } }),
      ],
      ['the health of its volume', (stowage) => stowage.call('GET', `/v1/hosts/local/volumes/${volume}/health`)],
      ['the uses of its share', (stowage) => stowage.call('GET', `/v1/shares/${volume}-share/consumers`)],
    ];
    const ids: string[] = [];
    for (const _ of questions) ids.push((await docker.container({ volume, script: 'exec sleep 600' })).id);
    await whole.until(`/v1/mounts?volume=${volume}`, ({ items }) => items.length === ids.length);
    // Nothing else must read containers, nor put them back.
    await whole.stop();
    const stowage = await startStowage(t, { database: whole.database, state: whole.state, roles: 'api' });
    const remover = new Client({ connectionString: stowage.database.url });
    await remover.connect();
    t.teardown(() => remover.end());

    const isWaitedFor = async () => {
      const waiting = await stowage.database.query(
        `select 1 from pg_locks where not granted and relation = 'containers'::regclass`,
      );
      return waiting.length > 0;
    };
    for (const [index, [what, ask]] of questions.entries())
      await t.test(what, async (t) => {
        await remover.query('begin');
        await remover.query('lock table containers in access exclusive mode');
        await remover.query('delete from containers where id = $1', [ids[index]]);
        const asked = ask(stowage);
        await docker.until(isWaitedFor, 20);
        await remover.query('commit');
        const { status, body } = await asked;
        t.equal(status, 200, JSON.stringify(body));
        t.notMatch(JSON.stringify(body), ids[index] ?? '');
      });
  },
);
