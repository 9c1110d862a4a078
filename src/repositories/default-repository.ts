import { randomBytes, randomUUID } from 'node:crypto';
import type { Ports } from '../context.ts';
import type { RepositorySecret } from '../restic/repository-access.ts';
import type { RepositoryLocation } from '../restic/repository-location.ts';
import { sealSecret } from './open-repository.ts';
import { createRepository, findDefaultRow, listRepositories } from './store.ts';

/** At the first start, makes the repository that backups go to by default. Does nothing when there is any. */
export async function ensureDefaultRepository(ports: Ports, host: string): Promise<void> {
  await ports.locks.hold('repositories/default', async () => {
    const { items } = await listRepositories(ports.db, 1);
    if (items.length > 0 || (await findDefaultRow(ports.db)) !== null) return;
    const id = randomUUID();
    const { location, credentials } = readLocation(ports, host);
    const secret: RepositorySecret = { password: randomBytes(32).toString('base64url'), ...credentials };
    await createRepository(ports.db, {
      id,
      name: 'default',
      isDefault: true,
      location,
      secret: sealSecret(ports, id, secret),
      medium: 'disk',
      offSite: false,
      appendOnly: false,
      readOnly: false,
      copyTo: [],
    });
  });
}

function readLocation(
  { config }: Pick<Ports, 'config'>,
  host: string,
): { location: RepositoryLocation; credentials: Partial<RepositorySecret> } {
  const { url, network = 'host' } = config.defaultRepository;
  if (url === undefined) return { location: { kind: 'volume', host, volume: 'stowage-repository' }, credentials: {} };
  if (url.startsWith('/')) return { location: { kind: 'path', host, path: url }, credentials: {} };
  if (!url.startsWith('rest:'))
    throw new Error(
      `Bad configuration: STOWAGE_REPOSITORY_URL must be an absolute path or begin with rest:http, not "${url}".`,
    );
  const address = new URL(url.slice('rest:'.length));
  const { username, password } = address;
  address.username = '';
  address.password = '';
  const credentials =
    username === '' ? {} : { username: decodeURIComponent(username), userPassword: decodeURIComponent(password) };
  return { location: { kind: 'rest', url: address.href, network }, credentials };
}
