import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { dockerCommand } from '../../machinery/docker-tools.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { type Caller, newCaller } from '../access/callers.ts';

t.test('logs are shared read-only with a collector of another project, over GraphQL', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const owner = await newCaller(stowage, [{ role: 'admin', project: 'shop' }]);
  const collector = await newCaller(stowage, [{ role: 'operator', project: 'ops' }]);
  const reader = await newCaller(stowage, [{ role: 'viewer', project: 'ops' }]);
  const stranger = await newCaller(stowage, [{ role: 'operator', project: 'blog' }]);
  const volume = docker.name('logs');
  const prefix = volume.split('-')[0];
  const share = `${prefix}-logs`;
  const started: string[] = [];
  t.teardown(async () => {
    if (started.length > 0) await dockerCommand(['rm', '-f', '-v', ...started]);
  });
  const ask = async ({ key }: Caller, query: string): Promise<Answer> =>
    (await stowage.call('POST', '/graphql', { query }, { authorization: `Bearer ${key}` })).body;
  const codeOf = async (caller: Caller, query: string) => (await ask(caller, query)).errors?.[0].extensions.code;
  const run = async (what: string, labels: Record<string, string>, mount: readonly string[], script = 'sleep 600') => {
    const container = `${prefix}-${what}`;
    started.push(container);
    const labelled = Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
    const options = ['--network', 'none', '--stop-timeout', '1', '--entrypoint', '/bin/sh', ...labelled, ...mount];
    await dockerCommand(['run', '-d', '--name', container, ...options, groundOfTests().helperImage, '-c', script]);
    return container;
  };
  const found = ({ items }: { items: unknown[] }) => items.length > 0;
  const none = ({ items }: { items: unknown[] }) => items.length === 0;
  const findings = (rule: string, container: string) => `/v1/findings?rule=${rule}&container=${container}&state=open`;
  const shop = { 'stowage.project': 'shop', 'stowage.environment': 'production' };
  const ops = { 'stowage.project': 'ops' };

  await stowage.created('POST', '/v1/hosts/local/volumes', {
    name: volume,
    project: 'shop',
    environment: 'production',
  });
  await run('app', shop, ['-v', `${volume}:/app/logs`], 'echo line > /app/logs/app.log; sleep 600');
  const made = await ask(
    owner,
    `mutation { createShare(input: { name: "${share}", host: "local", volume: "${volume}", offeredTo: projects, offeredProjects: ["ops"] }) { name project state } }`,
  );
  t.same(made.data.createShare, { name: share, project: 'shop', state: 'available' });

  const inSight = `{ volumes(name: "${volume}") { items { name } } volume(host: "local", name: "${volume}") { name } mounts(volume: "${volume}") { items { container { name } } } }`;
  let rule = '';
  await t.test('before a rule the collector sees the offer, and nothing of the volume', async (t) => {
    const { data } = await ask(collector, `{ shares { items { name rules { id } consumers { target } } } }`);
    t.same(data.shares.items, [{ name: share, rules: [], consumers: [] }]);
    const before = await ask(collector, inSight);
    t.same([before.data.volumes.items, before.data.volume, before.data.mounts.items], [[], null, []]);
    t.equal(before.errors[0].extensions.code, 'volume_not_found');
    t.same((await ask(stranger, '{ shares { items { name } } }')).data.shares.items, []);
    t.equal(await codeOf(stranger, `{ shareConsumers(share: "${share}") { items { target } } }`), 'share_not_found');
  });

  await t.test('from the request through the approval to the container', async (t) => {
    const wish = `share: "${share}", subject: { kind: project, value: "ops" }, access: ro, reason: "collect"`;
    const asked = await ask(collector, `mutation { requestShareRule(input: { ${wish} }) { id state } }`);
    t.equal(asked.data.requestShareRule.state, 'requested');
    rule = asked.data.requestShareRule.id;
    const decide = `mutation { approveShareRule(input: { share: "${share}", accessRule: "${rule}" }) { state history { action actor } } }`;
    t.equal(await codeOf(collector, decide), 'forbidden');
    t.equal(await codeOf(stranger, decide), 'share_rule_not_found');
    const approved = await ask(owner, decide);
    t.match(approved.data.approveShareRule, {
      state: 'active',
      history: [{ action: 'requested' }, { actor: owner.subject }],
    });
    const attach = `mutation { attachShare(input: { share: "${share}", project: "ops", target: "/logs" }) { id access state specification { volume mount compose } } }`;
    t.equal(await codeOf(stranger, attach), 'share_not_found');
    const { attachShare } = (await ask(collector, attach)).data;
    t.match(attachShare, { access: 'ro', state: 'granted', specification: { volume: `${volume}:/logs:ro` } });
    t.match(attachShare.specification.compose, /read_only: true/);
    const fluent = await run('collector', ops, ['-v', attachShare.specification.volume]);
    t.equal(await dockerCommand(['exec', fluent, 'cat', '/logs/app.log']), 'line');
    await stowage.until(`/v1/shares/${share}/attachments/${attachShare.id}`, ({ state }) => state === 'attached', 20);
  });

  await t.test('a rule shows the volume, its usage and the own mounts, and nothing more', async (t) => {
    const address = `/v1/hosts/local/volumes/${volume}`;
    for (const caller of [collector, reader]) {
      const { data, errors } = await ask(caller, inSight);
      t.same(errors, undefined);
      t.same(data.volumes.items, [{ name: volume }]);
      t.same(data.volume, { name: volume });
      t.same(data.mounts.items, [{ container: { name: `${prefix}-collector` } }], 'not where the owner mounts it');
      t.equal((await caller.call('GET', `${address}/usage`)).status, 200);
      const onHost = await ask(caller, '{ host(host: "local") { volumes { items { name } } } }');
      t.ok(onHost.data.host.volumes.items.some(({ name }: { name: string }) => name === volume));
    }
    for (const below of ['history', 'snapshots', 'performance'])
      t.equal(
        await collector.code('GET', `${address}/${below}`),
        below === 'snapshots' ? undefined : below === 'history' ? 'volume_not_found' : 'forbidden',
        below,
      );
    t.same((await collector.call('GET', `${address}/snapshots`)).body.items, []);
    t.equal(await collector.code('DELETE', `${address}?confirm=${volume}`), 'forbidden');
    t.equal(await collector.code('POST', `${address}/backups`, {}), 'forbidden');
    t.equal(await collector.code('PATCH', address, { project: 'ops' }), 'forbidden');
    t.equal(
      await collector.code('POST', '/v1/shares', { name: `${share}-2`, host: 'local', volume }),
      'forbidden',
      'no share on a share',
    );
    t.equal(await stranger.code('GET', address), 'volume_not_found');
    t.equal(
      await stranger.code('DELETE', `${address}?confirm=${volume}`),
      'forbidden',
      'no role with that permission at all',
    );
    const wanted = (mount: string) => ({
      container: { Image: groundOfTests().helperImage, Labels: ops, HostConfig: { Binds: [mount] } },
    });
    const rulesOf = async (mount: string) =>
      (await collector.call('POST', '/v1/mount-evaluations', wanted(mount))).body.findings
        .map((one: { rule: string }) => one.rule)
        .filter((id: string) => /^(SHR|VOL-003)/.test(id));
    t.same(await rulesOf(`${volume}:/logs:ro`), [], 'a container by the rule is fine before it is made');
    t.same(await rulesOf(`${volume}:/logs`), ['SHR-002']);
  });

  await t.test('environments are kept apart, also within the project', async (t) => {
    const testing = { ...shop, 'stowage.environment': 'test' };
    const trial = await run('trial', testing, ['--mount', `type=volume,source=${volume},target=/logs,readonly`]);
    const [crossed] = (await stowage.until(findings('SHR-003', trial), found, 20)).items;
    t.match(crossed, { volume, evidence: { environment: 'production', containerEnvironment: 'test' } });
    const across = `mutation { grantShareRule(input: { share: "${share}", subject: { kind: project, value: "shop" }, access: ro, acrossEnvironments: true }) { id } }`;
    t.same((await ask(owner, across)).errors, undefined);
    await stowage.until(findings('SHR-003', trial), none, 20);
  });

  await t.test('a rule about one service is for it alone, and reaches its container by an attachment', async (t) => {
    const soon = new Date(Date.now() + 15_000).toISOString();
    const own = `mutation { grantShareRule(input: { share: "${share}", subject: { kind: service, value: "${stranger.subject}" }, access: ro, expiresAt: "${soon}" }) { id } }`;
    const { id } = (await ask(owner, own)).data.grantShareRule;
    t.same((await ask(stranger, inSight)).data.volume, { name: volume });
    const blog = await run('blog', { 'stowage.project': 'blog' }, ['-v', `${volume}:/in:ro`]);
    await stowage.until(findings('SHR-001', blog), found, 20);
    const attach = `mutation { attachShare(input: { share: "${share}", project: "blog", container: "${blog}", target: "/in" }) { rule } }`;
    t.same((await ask(stranger, attach)).data.attachShare, { rule: id });
    await stowage.until(findings('SHR-001', blog), none, 10);
    await stowage.until(`/v1/shares/${share}/rules/${id}`, ({ state }) => state === 'expired', 20);
    t.equal((await ask(stranger, inSight)).errors[0].extensions.code, 'volume_not_found', 'over by time alone');
    t.ok(await stowage.until(findings('SHR-001', blog), found, 20));
    const isOver = ({ items }: Answer) =>
      items.some(({ type, data }: Answer) => type === 'stowage.share.expired' && data.rule === id);
    await stowage.until(`/v1/events?types=stowage.share.*&volume=${volume}`, isOver, 20);
  });

  await t.test('what is revoked is over at once, in every interface', async (t) => {
    const { body } = await owner.call('POST', `/v1/shares/${share}/rules/${rule}/revocation`, { reason: 'done' });
    t.equal(body.state, 'revoked');
    const after = await ask(collector, inSight);
    t.same([after.data.volumes.items, after.data.volume, after.data.mounts.items], [[], null, []]);
    t.equal(await collector.code('GET', `/v1/hosts/local/volumes/${volume}/usage`), 'volume_not_found');
    t.equal(await collector.code('DELETE', `/v1/hosts/local/volumes/${volume}?confirm=${volume}`), 'forbidden');
    t.ok(await stowage.until(findings('SHR-001', `${prefix}-collector`), found, 20));
    t.match(
      (
        await ask(
          owner,
          `{ volume(host: "local", name: "${volume}") { shares { name consumers { container { name } granted isViolation } } } }`,
        )
      ).data.volume.shares,
      [{ name: share }],
    );
  });
});
