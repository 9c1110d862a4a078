import { posix } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { type Connection, patience } from './connection.ts';
import type { Engine } from './engine.ts';
import { exceptStatus } from './except-status.ts';
import { objectPath } from './object-path.ts';

type IdentityCalls = Pick<Engine, 'containerIdentity' | 'containerSetup' | 'readContainerFile'>;

const missing = 404;
const largestFileBytes = 1024 * 1024;
const linksFollowed = 5;

/** The part of an engine that tells who a container runs as. */
export function identityCalls({ docker, ask }: Connection): IdentityCalls {
  const handle = (id: string) => docker.getContainer(objectPath(id));

  const inspect = (id: string) =>
    ask(patience.question, (abortSignal) => handle(id).inspect({ abortSignal }).catch(exceptStatus(missing)));

  /** The content of a file, or the path that a link leads to. */
  async function readOnce(id: string, path: string): Promise<{ text: string } | { link: string } | null> {
    const archive = await ask(patience.question, (abortSignal) =>
      handle(id).getArchive({ path, abortSignal }).catch(exceptStatus(missing)),
    );
    if (archive === undefined) return null;
    const tar = extract();
    archive.pipe(tar);
    archive.once('error', (error: Error) => tar.destroy(error));
    for await (const entry of tar) {
      const { type, size = 0, linkname } = entry.header;
      if (type === 'symlink' && linkname) return { link: posix.resolve(posix.dirname(path), linkname) };
      if (type !== 'file' || size > largestFileBytes) return null;
      return { text: (await buffer(entry)).toString('utf8') };
    }
    return null;
  }

  return {
    async containerIdentity(id) {
      const found = await inspect(id);
      if (found === undefined) return null;
      const { GroupAdd, CapAdd, CapDrop, Privileged, UsernsMode } = found.HostConfig;
      return {
        user: found.Config.User ?? '',
        groupAdd: GroupAdd ?? [],
        capabilitiesAdded: listOf(CapAdd),
        capabilitiesDropped: listOf(CapDrop),
        privileged: Privileged === true,
        usernsMode: String(UsernsMode ?? ''),
      };
    },

    async containerSetup(id) {
      const found = await inspect(id);
      if (found === undefined) return null;
      const { Env, Cmd, Entrypoint } = found.Config;
      const pairs = (Env ?? []).map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]);
      return { environment: Object.fromEntries(pairs), command: [...listOf(Entrypoint), ...listOf(Cmd)] };
    },

    async readContainerFile(id, path) {
      let at = path;
      for (let link = 0; link <= linksFollowed; link += 1) {
        const found = await readOnce(id, at);
        if (found === null) return null;
        if ('text' in found) return found.text;
        at = found.link;
      }
      return null;
    },
  };
}

/** dockerode's types leave it open what stands there; the engine gives a list of names, or null. */
function listOf(names: unknown): string[] {
  return Array.isArray(names) ? names.map(String) : [];
}
