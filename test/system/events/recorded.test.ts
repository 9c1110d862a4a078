import { createClient } from 'graphql-ws';
import t from 'tap';
import Value from 'typebox/value';
import { eventCatalogue } from '../../../src/events/catalogue.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startEngineProxy } from '../../machinery/engine-proxy.ts';
import { dropContainer, dropVolume, makeVolume, startApp } from '../../machinery/engine-user.ts';
import { openEventStream } from '../../machinery/event-stream.ts';
import { startStowage } from '../../machinery/stowage.ts';

interface Page {
  readonly items: readonly { readonly type: string; readonly data: { readonly rule?: string } }[];
}
const typesOf = ({ items }: Page) => items.map(({ type }) => type);

t.test('volumes, findings, jobs and hosts tell what happens to them', async (t) => {
  const docker = testDocker(t);
  const proxy = await startEngineProxy(t);
  const old = await makeVolume(docker.name('old'));
  const stowage = await startStowage(t, { env: { DOCKER_HOST: proxy.endpoint, STOWAGE_INVENTORY_SECONDS: '2' } });
  await stowage.until(`/v1/volumes?name=${old}`, ({ items }) => items.length === 1, 30);
  const stream = await openEventStream(t, { address: stowage.address, key: stowage.adminKey, path: '/v1/events' });
  const connectionParams = { authorization: `Bearer ${stowage.adminKey}` };
  const client = createClient({ url: `${stowage.address.replace('http', 'ws')}/graphql`, connectionParams });
  t.teardown(() => client.dispose());

  const volume = docker.name('new');
  const begun = Promise.withResolvers<void>();
  const subscribed = (async () => {
    const query = `subscription { events(volume: "${volume}", types: ["stowage.volume.*"]) { items { type volume data } sequence } }`;
    for await (const { data } of client.iterate<{ events: Page }>({ query })) {
      // First it tells its place: what comes from now on is not missed.
      begun.resolve();
      if (data != null && data.events.items.length > 0) return data.events.items;
    }
    return [];
  })();
  await begun.promise;
  await makeVolume(volume, { 'stowage.project': 'shop' });
  const created = await stowage.until(`/v1/events?volume=${volume}`, ({ items }) => items.length === 1);
  t.match(created.items[0], {
    specversion: '1.0',
    source: /^urn:stowage:[0-9a-f]{16}$/,
    type: 'stowage.volume.created',
    subject: `hosts/local/volumes/${volume}`,
    host: 'local',
    volume,
    project: 'shop',
    datacontenttype: 'application/json',
    data: { driver: 'local', kind: 'named' },
  });
  t.match(await subscribed, [{ type: 'stowage.volume.created', volume, data: { driver: 'local' } }]);
  t.same((await stowage.get(`/v1/events?volume=${old}`)).items, [], 'what was there before is not news');

  const app = await startApp(t, { HostConfig: { Tmpfs: { '/odd': '' } }, Labels: { 'stowage.project': 'shop' } });
  const findings = `/v1/findings?container=${app.id}&rule=MNT-009`;
  const [finding] = (await stowage.until(findings, ({ items }) => items.length > 0)).items;
  await dropContainer(app);
  const told = await stowage.until(`/v1/events?subject=findings/${finding.id}`, ({ items }) => items.length === 2);
  t.same(typesOf(told), ['stowage.finding.resolved', 'stowage.finding.opened']);
  t.match(told.items[1], { project: 'shop', data: { finding: finding.id, rule: 'MNT-009', target: '/odd' } });

  const done = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
  const ended = await stowage.get(`/v1/events?subject=jobs/${done.id}`);
  t.match(ended.items, [{ type: 'stowage.job.succeeded', data: { kind: 'volume_backup', attempts: 1, error: null } }]);

  proxy.away();
  await stowage.until('/v1/events?types=stowage.host.away', ({ items }) => items.length === 1, 30);
  const queued = await stowage.accepted('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
  await stowage.call('POST', `/v1/jobs/${queued.id}/cancel`);
  const canceled = await stowage.until(`/v1/events?subject=jobs/${queued.id}`, ({ items }) => items.length === 1, 30);
  t.match(canceled.items[0], { type: /^stowage\.job\.(canceled|failed)$/, data: { error: { code: String } } });
  proxy.back();
  await stowage.until('/v1/events?types=stowage.host.back', ({ items }) => items.length === 1, 30);
  await dropVolume(volume);
  await stowage.until(
    `/v1/events?volume=${volume}&types=stowage.volume.deleted`,
    ({ items }) => items.length === 1,
    30,
  );
  t.equal(
    (await stowage.get('/v1/events?types=stowage.host.*')).items.length,
    2,
    'each once, however often it was tried',
  );

  const rows = await stowage.database.query('select * from domain_events order by position');
  for (const { type, data } of rows)
    t.same(
      Value.Errors(eventCatalogue[type as keyof typeof eventCatalogue].data, data),
      [],
      `${type} has what is declared`,
    );
  const start = BigInt(stream.seen[0]?.id ?? 0);
  const since = rows.filter(({ position }) => BigInt(position) > start).map(({ id }) => id);
  const streamed = () => stream.seen.filter(({ data }) => data !== null).map(({ data }) => data.id);
  await stream.until(() => streamed().length >= since.length);
  t.same(streamed().slice(0, since.length), since, 'and the stream has them in this order');
});
