import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { compose } from '../../machinery/docker-tools.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';

const { helperImage } = groundOfTests();

const volumes = `
      - ./relative:/relative
      - /tmp:/short:ro
      - ./labeled:/labeled:z
      - type: bind
        source: ./long
        target: /long
        read_only: true
        bind: {propagation: rslave, create_host_path: true}
      - data:/data
      - named:/named:nocopy
      - old:/old:ro
      - /anonymous
      - type: volume
        source: data
        target: /again
        volume: {nocopy: true}
      - type: tmpfs
        target: /mem
        tmpfs: {size: 1m}
      - @{PLACE:-/tmp}:/from-default`.replace('@{', '${');

function comparable({ type, source, target, volume, driver, readOnly, propagation, tmpfs, project }: Answer) {
  const isAnonymous = /^([0-9a-f]{64})?$/.test(volume ?? 'none');
  const named = { volume: isAnonymous ? '' : volume, project: isAnonymous ? null : project };
  return {
    type,
    source: type === 'volume' ? '' : source,
    target,
    driver,
    readOnly,
    propagation,
    tmpfs: tmpfs === null ? null : asWished(tmpfs),
    ...named,
  };
}

/** What a tmpfs holds is measured, and not part of what was asked for. */
function asWished({ sizeBytes, noexec, nosuid, nodev }: Answer) {
  return { sizeBytes, noexec, nosuid, nodev };
}

t.test('a service of a compose file has the mounts that Docker Compose gives it', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const folder = await mkdtemp(join(tmpdir(), 'stowage-compose-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const project = docker.name('project');
  const [named, old] = [docker.name('named'), docker.name('old')];
  docker.willRemoveVolume(`${project}_data`);
  await docker.engine.createVolume({ Name: old });
  await writeFile(join(folder, 'key.txt'), 'secret');
  const file = `
services:
  app:
    image: ${helperImage}
    command: ["true"]
    network_mode: none
    user: "1000:1000"
    mem_limit: 64m
    restart: unless-stopped
    labels: {stowage.environment: test}
    tmpfs: ["/run:size=2m,exec"]
    secrets: [key]
    volumes:${volumes}
volumes:
  data:
    driver: local
    driver_opts: {type: tmpfs, device: tmpfs, o: size=1m}
  named: {name: ${named}}
  old: {name: ${old}, external: true}
secrets:
  key: {file: ./key.txt}
`;
  await writeFile(join(folder, 'compose.yaml'), file);
  const body = { compose: { file, service: 'app', project, projectFolder: folder } };
  const before = await stowage.post('/v1/mount-evaluations', body);

  const args = ['--project-directory', folder, '-f', join(folder, 'compose.yaml'), '-p', project];
  t.teardown(() => compose([...args, 'down', '--volumes'], {}));
  await compose([...args, 'create'], {});
  const path = `/v1/hosts/local/containers/${project}-app-1`;
  await docker.until(async () => (await stowage.call('GET', path)).status === 200, 20);
  const { items } = await stowage.get(`${path}/mounts`);
  t.same(before.mounts.map(comparable), items.map(comparable));
  t.equal(before.mounts.length, 13);

  const graphql = await stowage.graphql(
    'query ($c: ComposeServiceSpecInput!) { mountEvaluation(compose: $c) { verdict mounts { target volume } } }',
    { c: body.compose },
  );
  t.equal(graphql.errors, undefined);
  t.same(
    graphql.data.mountEvaluation.mounts,
    before.mounts.map(({ target, volume }: Answer) => ({ target, volume })),
  );
});
