import t, { type Test } from 'tap';
import { graphqlParts, routes } from '../../../src/server/interfaces.ts';
import { type Answer, connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startApp } from '../../machinery/engine-user.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

/** Fields that are one value in GraphQL although they are objects in JSON. */
const maps = new Set(['labels', 'options', 'target', 'evidence', 'data']);
/** What differs between two readings of the same thing: other tests make images and containers of them on the same engine. */
const passing = new Set([
  'ageSeconds',
  'lastUsedAt',
  'syncedAt',
  'from',
  'to',
  'series',
  'containers',
  'shared',
  'sharedBytes',
  'uniqueBytes',
  'usedBy',
  'sequence',
]);

/** The fields of an object that can be compared. What REST shows as null, or as an empty list, may be of any type. */
function comparable(value: Answer): string[] {
  return Object.keys(value).filter((name) => {
    const part = value[name];
    if (part === null || passing.has(name) || (Array.isArray(part) && part.length === 0)) return false;
    return typeof part !== 'object' || Array.isArray(part) || maps.has(name) || comparable(part).length > 0;
  });
}

/** The selection that asks GraphQL for what REST has shown. */
function selectionOf(value: Answer): string {
  if (Array.isArray(value)) return selectionOf(value[0]);
  if (typeof value !== 'object' || value === null) return '';
  const fields = comparable(value).map((name) => (maps.has(name) ? name : `${name} ${selectionOf(value[name])}`));
  return `{ ${fields.length === 0 ? '__typename' : fields.join(' ')} }`;
}

/** The part of a REST answer that {@link selectionOf} asks for; items of a list have the fields of the first. */
function selected(value: Answer, sample: Answer = value): Answer {
  if (Array.isArray(value)) return value.map((item) => selected(item, sample[0]));
  if (typeof value !== 'object' || value === null || typeof sample !== 'object' || sample === null) return value;
  return Object.fromEntries(
    comparable(sample).map((name) => [name, maps.has(name) ? value[name] : selected(value[name], sample[name])]),
  );
}

interface Reading {
  readonly id: string;
  readonly url: string;
  readonly fieldName: string;
}

/** The queries that both interfaces have. */
function readings(): Reading[] {
  const fields = Object.values(graphqlParts).flatMap((part) => Object.entries(part.Query ?? {}));
  return routes
    .filter(({ method, answer }) => method === 'GET' && answer.kind === 'json')
    .flatMap(({ operation, url }) => {
      const [fieldName] = fields.find(([, field]) => field.operation.id === operation.id) ?? [];
      return fieldName === undefined ? [] : [{ id: operation.id, url, fieldName }];
    });
}

/** What a query needs beside its address: words, which GraphQL has without quotes. */
const needed: Readonly<Record<string, Readonly<Record<string, string>>>> = { 'mounts.advise': { purpose: 'database' } };

function argumentsOf({ id, url }: Reading, values: Readonly<Record<string, string>>): { path: string; text: string } {
  const names = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const path = url.replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? '');
  const words = Object.entries(needed[id] ?? {});
  const query = words.map(([name, word]) => `${name}=${word}`).join('&');
  const given = names.map((name) => `${name}: ${JSON.stringify(values[name])}`);
  const text = [...given, ...words.map(([name, word]) => `${name}: ${word}`)].join(', ');
  return { path: query === '' ? path : `${path}?${query}`, text: text === '' ? '' : `(${text})` };
}

async function fill(t: Test, stowage: Stowage, docker: ReturnType<typeof testDocker>) {
  const volume = docker.name('shown');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop', labels: { team: 'blue' } });
  await docker.run(volume, 'echo x > /data/file');
  const container = await docker.container({ volume, script: 'sleep 600', stopTimeout: 1 });
  const app = await startApp(t, { HostConfig: { Tmpfs: { '/unlimited': '' } } });
  const isFound = ({ items }: { items: unknown[] }) => items.length > 0;
  const findings = await stowage.until(`/v1/findings?container=${app.id}`, isFound, 20);
  const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
  const volumes = { label: ['team=blue'], all: true };
  const plan = await stowage.created('POST', '/v1/hosts/local/prune-plans', { project: 'shop', volumes });
  const webhook = await stowage.created('POST', '/v1/webhooks', {
    url: 'https://no-such-name.invalid/',
    // What never happens here: it would change between two readings.
    types: ['stowage.host.away'],
    project: 'shop',
  });
  const delivery = await stowage.post(`/v1/webhooks/${webhook.id}/test`, {});
  const token = await stowage.created('POST', '/v1/tokens', {
    name: 'other',
    roles: [{ role: 'viewer', project: 'elsewhere' }],
  });
  const account = await stowage.created('POST', '/v1/service-accounts', { name: 'ci', project: 'shop' });
  await docker.until(async () => (await stowage.get(`/v1/hosts/local/volumes/${volume}`)).inUse, 20);
  const isKnown = ({ image }: { image: object | null }) => image !== null;
  await stowage.until(`/v1/hosts/local/containers/${container.id}/layers`, isKnown, 20);
  await stowage.finished('POST', '/v1/hosts/local/measurements', {});
  await stowage.finished('POST', `/v1/hosts/local/containers/${container.id}/change-scans`, {});
  const share = await stowage.created('POST', '/v1/shares', { name: volume, host: 'local', volume });
  const wish = { subject: { kind: 'project', value: 'reports' }, access: 'ro', reason: 'the month' };
  const rule = await stowage.created('POST', `/v1/shares/${share.name}/rules`, wish);
  const check = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/permission-checks`, {});
  const attached = { project: 'shop', target: '/data' };
  const attachment = await stowage.created('POST', `/v1/shares/${share.name}/attachments`, attached);
  const owner = { owner: 1000 };
  const repair = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/permission-repairs`, owner);
  const policy = await stowage.created('POST', '/v1/policies', {
    name: 'yearly',
    project: 'shop',
    schedule: { cron: '0 0 1 1 *' },
  });
  const values = {
    attachment: attachment.id,
    share: share.name,
    accessRule: rule.id,
    host: 'local',
    finding: findings.items[0].id,
    rule: 'MNT-001',
    name: volume,
    container: container.id,
    image: (await container.inspect()).Image,
    job: job.id,
    snapshot: job.result.snapshot,
    repository: 'default',
    token: token.id,
    account: account.id,
    preset: 'temp',
    policy: policy.name,
    dataClass: 'critical',
    plan: plan.id,
    check: check.id,
    webhook: webhook.id,
    delivery: delivery.id,
    repair: repair.id,
  };
  return { values, stranger: connectClient(stowage.address, token.key) };
}

t.test('both interfaces give the same data, and the same code for what is absent or hidden', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const { values, stranger } = await fill(t, stowage, docker);
  const absent = {
    ...values,
    host: 'mars',
    name: 'nothing',
    container: 'nothing',
    image: 'nothing',
    finding: crypto.randomUUID(),
    rule: 'MNT-999',
    job: crypto.randomUUID(),
    snapshot: 'deadbeef',
    repository: 'nothing',
    token: crypto.randomUUID(),
    account: crypto.randomUUID(),
    preset: 'nothing',
    policy: 'nothing',
    dataClass: 'nothing',
    share: 'nothing',
    accessRule: crypto.randomUUID(),
    attachment: crypto.randomUUID(),
    plan: crypto.randomUUID(),
    check: crypto.randomUUID(),
    webhook: crypto.randomUUID(),
    delivery: crypto.randomUUID(),
    repair: crypto.randomUUID(),
  };
  for (const reading of readings()) {
    const { path, text } = argumentsOf(reading, values);
    const shown = await stowage.get(path);
    if (comparable(shown).length === 0) continue;
    const answer = await stowage.graphql(`{ ${reading.fieldName}${text} ${selectionOf(shown)} }`);
    t.same(answer.errors, undefined, reading.id);
    t.same(answer.data?.[reading.fieldName], selected(shown), `${reading.id}: the same data`);

    const hidden = [
      await stranger.call('GET', path),
      await stranger.graphql(`{ ${reading.fieldName}${text} ${selectionOf(shown)} }`),
    ] as const;
    t.equal(hidden[1].errors?.[0]?.extensions.code, hidden[0].body.code, `${reading.id}: the same for another project`);
    if (text === '') continue;
    const gone = argumentsOf(reading, absent);
    const missing = [
      await stowage.call('GET', gone.path),
      await stowage.graphql(`{ ${reading.fieldName}${gone.text} ${selectionOf(shown)} }`),
    ] as const;
    t.equal(
      missing[1].errors?.[0]?.extensions.code,
      missing[0].body.code,
      `${reading.id}: the same for what is absent`,
    );
  }
});
