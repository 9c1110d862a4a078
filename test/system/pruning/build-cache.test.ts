import { Readable } from 'node:stream';
import t from 'tap';
import { pack } from 'tar-stream';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const plans = '/v1/hosts/local/prune-plans';

interface Record {
  readonly ID: string;
  readonly Description: string;
}

t.test('the build cache: records of a build go, the newest first; those that are used stay', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const files = ['one', 'two', 'three'].map((what) => docker.name(what));
  const context = pack();
  context.entry({ name: 'Dockerfile' }, ['FROM scratch', ...files.map((file) => `COPY ${file} /${file}`)].join('\n'));
  for (const file of files) context.entry({ name: file }, file.repeat(1000));
  context.finalize();
  const name = docker.name('built');
  const stream = await docker.engine.buildImage(Readable.from(context, { objectMode: false }), {
    t: name,
    version: '2',
  });
  await new Promise((resolve, reject) =>
    docker.engine.modem.followProgress(stream, (error) => (error ? reject(error) : resolve(null))),
  );
  const ownRecords = async () => {
    const { BuildCache: all }: { BuildCache: Record[] } = await docker.engine.df();
    return all.filter(({ Description }) => files.some((file) => Description.includes(`COPY ${file} `)));
  };
  const records = await ownRecords();
  t.equal(records.length, 3, 'the engine has a record for each step');
  const buildCache = { ids: records.map(({ ID }) => ID) };

  const actions = async (wish: object) =>
    (await stowage.created('POST', plans, { buildCache: { ...buildCache, ...wish } })).items.items.map(
      ({ action, reasons }: { action: string; reasons: string[] }) => `${action} ${reasons.join(' ')}`,
    );
  t.match(await actions({ until: '1h' }), [/^keep .*not before/, /^keep .*not before/, /^keep .*not before/]);
  await docker.engine.getImage(name).remove({ force: true });

  const made = await stowage.graphql(
    'mutation ($input: CreatePrunePlanInput!) { createPrunePlan(input: $input) { id items { items { id name action bytes } } } }',
    { input: { host: 'local', buildCache } },
  );
  t.same(made.errors, undefined);
  const plan = made.data.createPrunePlan;
  t.match(
    plan.items.items.map(({ name: text }: { name: string }) => text),
    [new RegExp(files[2] ?? ''), new RegExp(files[1] ?? ''), new RegExp(files[0] ?? '')],
  );
  t.ok(
    plan.items.items.every(({ action, bytes }: { action: string; bytes: number }) => action === 'remove' && bytes > 0),
  );
  const job = await stowage.finished('POST', `/v1/prune-plans/${plan.id}/apply`, { confirm: 'local' });
  t.equal(job.state, 'succeeded', job.error?.detail);
  t.same(job.result.skipped, []);
  t.equal(job.result.removed.length, 3);
  t.ok(job.result.bytesFreed >= files.join('').length * 1000, `${job.result.bytesFreed} bytes`);
  t.same(await ownRecords(), []);
});
