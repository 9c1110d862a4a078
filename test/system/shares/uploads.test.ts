import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { dockerCommand } from '../../machinery/docker-tools.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { newCaller } from '../access/callers.ts';

t.test('uploads of a web application are shared with a processor of another project, over REST', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const owner = await newCaller(stowage, [{ role: 'admin', project: 'shop' }]);
  const processor = await newCaller(stowage, [{ role: 'operator', project: 'media' }]);
  const stranger = await newCaller(stowage, [{ role: 'operator', project: 'blog' }]);
  const volume = docker.name('uploads');
  const prefix = volume.split('-')[0];
  const name = `${prefix}-uploads`;
  const at = `/v1/shares/${name}`;
  const started: string[] = [];
  t.teardown(async () => {
    if (started.length > 0) await dockerCommand(['rm', '-f', '-v', ...started]);
  });
  /** `docker run`, with the mount as it was answered. */
  const run = async (
    what: string,
    project: string,
    mount: readonly string[],
    script: string,
    more: readonly string[] = [],
  ) => {
    const container = `${prefix}-${what}`;
    started.push(container);
    const labels = ['--label', `stowage.project=${project}`];
    const command = [
      '--network',
      'none',
      '--stop-timeout',
      '1',
      '--entrypoint',
      '/bin/sh',
      ...mount,
      groundOfTests().helperImage,
    ];
    await dockerCommand(['run', '-d', '--name', container, ...labels, ...more, ...command, '-c', script]);
    return container;
  };
  const stateOf = (container: string) => dockerCommand(['inspect', '--format', '{{.State.Status}}', container]);
  const consumer = (
    container: string,
    wanted: (one: { isViolation: boolean; state: string }) => boolean = () => true,
  ) =>
    stowage.until(
      `${at}/consumers`,
      ({ items }) =>
        items.some(
          (one: { container: { name: string; state: string }; isViolation: boolean }) =>
            one.container.name === container && wanted({ ...one, state: one.container.state }),
        ),
      20,
    );
  const openFindings = (rule: string, container: string) =>
    `/v1/findings?rule=${rule}&container=${container}&state=open`;
  const found = ({ items }: { items: unknown[] }) => items.length > 0;
  const none = ({ items }: { items: unknown[] }) => items.length === 0;

  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
  await owner.call('POST', '/v1/shares', { name, host: 'local', volume, offeredTo: 'everyone' });

  await t.test('the web application, of the project itself, needs no rule', async (t) => {
    const wish = { project: 'shop', target: '/app/uploads', container: `${prefix}-web` };
    const { status, body, headers } = await owner.call('POST', `${at}/attachments`, wish);
    t.match([status, body], [201, { rule: null, access: 'rw', state: 'granted', containers: [] }]);
    t.equal(headers.get('location'), `${at}/attachments/${body.id}`);
    t.equal(body.specification.volume, `${volume}:/app/uploads`);
    const web = await run('web', 'shop', ['-v', body.specification.volume], 'echo hello > /app/uploads/one; sleep 600');
    const attached = await stowage.until(
      `${at}/attachments/${body.id}`,
      ({ state, attachedAt }) => state === 'attached' && attachedAt !== null,
      20,
    );
    t.match(attached.containers, [{ name: web, readOnly: false }]);
  });

  let rule = '';
  await t.test('the processor asks, is let in to read, and mounts what it was answered', async (t) => {
    const wish = { project: 'media', target: '/data/input' };
    const early = await processor.call('POST', `${at}/attachments`, wish);
    t.match(early, { status: 403, body: { code: 'share_access_refused' } });
    t.equal(
      await stranger.code('POST', `${at}/attachments`, wish),
      'forbidden',
      'only for a project that one operates',
    );
    const asked = await processor.call('POST', `${at}/requests`, {
      subject: { kind: 'project', value: 'media' },
      access: 'ro',
      reason: 'thumbnails',
    });
    rule = asked.body.id;
    t.equal(await processor.code('POST', `${at}/attachments`, wish), 'share_access_refused', 'asking gives nothing');
    await owner.call('POST', `${at}/rules/${rule}/approval`, {});
    t.equal(await processor.code('POST', `${at}/attachments`, { ...wish, access: 'rw' }), 'share_access_refused');
    for (const target of ['/data/../etc', 'data', '/a:b', '/'])
      t.equal(await processor.code('POST', `${at}/attachments`, { ...wish, target }), 'invalid_input', target);
    const { body } = await processor.call('POST', `${at}/attachments`, wish);
    t.match(body, { rule, access: 'ro', state: 'granted' });
    t.equal(body.specification.mount, `type=volume,source=${volume},target=/data/input,readonly`);
    const worker = await run('processor', 'media', ['--mount', body.specification.mount], 'sleep 600');
    t.equal(await dockerCommand(['exec', worker, 'cat', '/data/input/one']), 'hello');
    await t.rejects(dockerCommand(['exec', worker, 'touch', '/data/input/two']), /Read-only file system/);
    await stowage.until(`${at}/attachments/${body.id}`, ({ state }) => state === 'attached', 20);
    await consumer(worker);
    const { items } = (await processor.call('GET', `${at}/consumers`)).body;
    t.match(items, [
      { container: { name: worker }, access: 'ro', granted: 'ro', rule, isViolation: false, attachments: [body.id] },
    ]);
    t.equal(items.length, 1, 'of others only those of projects in reach');
    t.equal((await owner.call('GET', `${at}/consumers`)).body.items.length, 2);
    t.ok(
      none(await stowage.get(`/v1/findings?volume=${volume}&rule=VOL-003&state=open`)),
      'a shared volume is not lent',
    );
    t.equal(
      await processor.code(
        'DELETE',
        `${at}/attachments/${(await owner.call('GET', `${at}/attachments`)).body.items[1].id}`,
      ),
      'share_attachment_not_found',
      'that of another project',
    );
  });

  await t.test('what goes beyond the rule, or has none, is found', async (t) => {
    const greedy = await run('greedy', 'media', ['-v', `${volume}:/in`], 'sleep 600');
    const [writing] = (await stowage.until(openFindings('SHR-002', greedy), found, 20)).items;
    t.match(writing, { volume, project: 'shop', target: '/in', evidence: { share: name, containerProject: 'media' } });
    const foreign = await run('foreign', 'blog', ['-v', `${volume}:/in:ro`], 'sleep 600');
    t.match((await stowage.until(openFindings('SHR-001', foreign), found, 20)).items[0], {
      project: 'shop',
      severity: 'high',
    });
    await dockerCommand(['exec', `${prefix}-web`, 'mkdir', '/app/uploads/sub']);
    const part = await run(
      'part',
      'blog',
      ['--mount', `type=volume,source=${volume},target=/in,volume-subpath=sub,readonly`],
      'sleep 600',
    );
    t.ok(await stowage.until(openFindings('SHR-001', part), found, 20), 'a part of the volume is the volume');
    await dockerCommand(['rm', '-f', part]);
    const sly = await run(
      'sly',
      'blog',
      ['-v', `/${(await stowage.get(`/v1/hosts/local/volumes/${volume}`)).mountpoint}:/in`],
      'sleep 600',
    );
    t.match(
      (await stowage.until(openFindings('SHR-001', sly), found, 20)).items[0],
      { volume, project: 'shop' },
      'a bind of its folder is a mount of it',
    );
    const nobody = await run('nobody', '', ['--mount', `type=volume,source=${volume},target=/in`], 'sleep 600');
    t.ok(await stowage.until(openFindings('SHR-001', nobody), found, 20), 'a container of no project');
    const consumers = (await owner.call('GET', `${at}/consumers?isViolation=true`)).body.items;
    t.same(
      consumers
        .map((one: { container: { name: string }; by: string; granted: string | null }) => [
          one.container.name,
          one.by,
          one.granted,
        ])
        .sort(),
      [
        [foreign, 'name', null],
        [greedy, 'name', 'ro'],
        [nobody, 'name', null],
        [sly, 'path', null],
      ].sort(),
    );
    await dockerCommand(['rm', '-f', sly, nobody, greedy]);
    const event = ({ items }: { items: { type: string; data: { rule?: string } }[] }) =>
      items.some(({ type, data }) => type === 'stowage.finding.opened' && data.rule === 'SHR-001');
    await stowage.until(`/v1/events?volume=${volume}&limit=100`, event, 20);
  });

  await t.test('the share has violations stopped, and lets go of what breaks no rule any more', async (t) => {
    const foreign = `${prefix}-foreign`;
    t.match(await stateOf(foreign), 'running');
    t.equal((await owner.call('PATCH', at, { onViolation: 'stop' })).status, 200);
    await docker.until(async () => (await stateOf(foreign)) === 'exited', 30);
    const stopped = await stowage.until(
      `/v1/jobs?kind=share_enforce&volume=${volume}`,
      ({ items }) => items.some(({ state }: { state: string }) => state === 'succeeded'),
      20,
    );
    t.match(stopped.items[0], { requestedBy: 'system', project: 'shop', result: { enforced: [`stopped ${foreign}`] } });
    t.equal(await stateOf(`${prefix}-web`), 'running');
    t.equal(await stateOf(`${prefix}-processor`), 'running');
    t.equal(stopped.items.length, 1, 'one job, although both looks of the watcher saw it');
    const early = await stowage.finished('POST', `${at}/releases`, { container: foreign });
    t.match(early, { state: 'failed', error: { code: 'share_violation' } });
    await dockerCommand(['start', foreign]);
    await docker.until(async () => (await stateOf(foreign)) === 'exited', 30);
    const label = { kind: 'container_label', value: 'stowage.project=blog', project: 'blog' };
    t.equal((await owner.call('POST', `${at}/rules`, { subject: label, access: 'ro' })).status, 201);
    t.match(await stowage.finished('POST', `${at}/releases`, { container: foreign }), {
      result: { enforced: [`started ${foreign}`] },
    });
    t.equal(await stateOf(foreign), 'running');
    await stowage.until(openFindings('SHR-001', foreign), none, 20);
    t.equal(
      (await stowage.call('POST', `${at}/releases`, { container: 'never-stopped' })).body.code,
      'container_not_found',
    );
  });

  await t.test('a rule that is revoked while it is used counts no more at once', async (t) => {
    const worker = `${prefix}-processor`;
    await owner.call('PATCH', at, { onViolation: 'pause' });
    await owner.call('POST', `${at}/rules/${rule}/revocation`, { reason: 'contract ended' });
    const { items } = (await stowage.call('GET', `${at}/attachments`)).body;
    t.match(items[0], { rule, state: 'revoked' });
    t.equal(
      await processor.code('POST', `${at}/attachments`, { project: 'media', target: '/x' }),
      'share_access_refused',
    );
    await docker.until(async () => (await stateOf(worker)) === 'paused', 30);
    t.ok(await stowage.until(openFindings('SHR-001', worker), found, 20));
    t.equal((await owner.call('DELETE', `${at}?confirm=${name}`)).status, 200);
    await stowage.until(openFindings('SHR-001', worker), none, 20);
    await stowage.until(`/v1/findings?volume=${volume}&rule=VOL-003&state=open`, found, 20);
  });
});
