import { engineOfImage, familyOf } from '../databases/read.ts';
import type { Consumer } from './consumers.ts';
import type { DatabaseKind } from './guard-databases.ts';
import { uidOfName } from './resolve-user.ts';

/** What their images call the user that the server steps down to from root. */
const accounts: Record<DatabaseKind, readonly string[]> = {
  postgresql: ['postgres'],
  mysql: ['mysql'],
  redis: ['redis', 'valkey'],
};

/** The database that a container is by its image; null when it is none of those that are guarded. */
export function databaseKindOf(image: string): DatabaseKind | null {
  const engine = engineOfImage(image);
  return engine === null ? null : familyOf(engine);
}

/** Users that the servers of a kind run as: the container's own, or the one that its image steps down to. */
export function serversOf(kind: DatabaseKind, consumers: readonly Consumer[]): number[] {
  const uids = consumers
    .filter(({ image }) => databaseKindOf(image) === kind)
    .flatMap(({ user, files }) => {
      if (user !== null && user.uid !== 0) return [user.uid];
      return accounts[kind].map((name) => uidOfName(name, files)).filter((uid) => uid !== null);
    });
  return [...new Set(uids)];
}
