import type Docker from 'dockerode';
import type { Test } from 'tap';
import type { TestDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';

/** What a test makes on the shared engine, all of it with a label of the test's own, which its plans are narrowed to. */
export interface Scenery {
  /** `key=value`, for the filters of a plan. */
  readonly label: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Makes a container without starting it, from the helper image when no other is named. */
  container(wish?: {
    image?: string;
    labels?: Record<string, string>;
    host?: Docker.HostConfig;
  }): Promise<Docker.Container>;
  /** Makes a volume with this data in it; gives its name. */
  volume(what: string, labels?: Record<string, string>, data?: string): Promise<string>;
  /** Makes a volume as Docker makes one for a container that names none. */
  anonymousVolume(): Promise<string>;
  network(what: string, labels?: Record<string, string>): Promise<Docker.Network>;
  /** Makes an image; one without a name when none is given. Gives its id. */
  image(name?: string, labels?: Record<string, string>): Promise<string>;
}

/** The scenery of one test; it is removed with the test. */
export function makeScenery(t: Test, docker: TestDocker): Scenery {
  const { engine } = docker;
  const key = 'test.prune';
  const value = docker.name('label');
  const own = { [key]: value };
  const made: { remove(options?: object): Promise<unknown> }[] = [];
  t.teardown(async () => {
    for (const one of made.toReversed()) await one.remove({ force: true }).catch(unlessMissing);
  });

  async function container({ image, labels = {}, host = {} }: Parameters<Scenery['container']>[0] = {}) {
    const created = await engine.createContainer({
      name: docker.name(`container-${made.length}`),
      Image: image ?? groundOfTests().helperImage,
      Entrypoint: ['/bin/sleep'],
      Cmd: ['600'],
      StopTimeout: 1,
      Labels: { ...own, ...labels },
      HostConfig: { NetworkMode: 'none', ...host },
    });
    made.push(created);
    return created;
  }

  return {
    label: `${key}=${value}`,
    labels: own,
    container,
    async volume(what, labels = {}, data) {
      const name = docker.name(what);
      await engine.createVolume({ Name: name, Labels: { ...own, ...labels } });
      if (data !== undefined) await docker.run(name, `echo '${data}' > /data/file`);
      return name;
    },
    async anonymousVolume() {
      const { name } = await engine.createVolume({ Labels: own });
      docker.willRemoveVolume(name);
      return name;
    },
    async network(what, labels = {}) {
      const network = await engine.createNetwork({ Name: docker.name(what), Labels: { ...own, ...labels } });
      made.push(network);
      return network;
    },
    async image(name, labels = {}) {
      const source = await container();
      const changes = Object.entries({ ...own, ...labels }).map(([label, text]) => `LABEL ${label}=${text}`);
      const [repo = '', tag = ''] = name?.split(':') ?? [];
      // The label of the helper image would protect it.
      const body = { changes: ['LABEL stowage.role=', ...changes].join('\n') };
      const { Id: id } = await source.commit({ ...body, ...(name === undefined ? {} : { repo, tag }) });
      await source.remove({ force: true });
      made.push(engine.getImage(id));
      return id;
    },
  };
}

/** Whether the engine does not know something any more. */
export async function isGone(one: { inspect(): Promise<unknown> }): Promise<boolean> {
  return await one.inspect().then(
    () => false,
    (error: unknown) => {
      unlessMissing(error);
      return true;
    },
  );
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 404)) throw error;
}
