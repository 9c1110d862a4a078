import { Compile } from 'typebox/compile';
import { Count, nullable, object, type Static, T, words } from '../schema.ts';

const PathKind = words(
  'PathKind',
  ['file', 'directory', 'socket', 'device', 'fifo', 'other'],
  'What a path of a host is, with every symbolic link followed.',
);

/** A path of a host, as a helper saw it. What does not exist has nothing but `exists`. */
export const PathFacts = object(
  {
    exists: T.Boolean({ description: 'A symbolic link that leads nowhere does not.' }),
    kind: nullable(PathKind),
    resolvedPath: nullable(
      T.String({ description: 'Where it really is: with every symbolic link followed as the host would follow it.' }),
    ),
    uid: nullable(Count),
    gid: nullable(Count),
    mode: nullable(T.String({ description: 'Permission bits in octal digits, such as `0755`.' })),
    identity: nullable(T.String({ description: '`device:inode`: the same for every name of one thing.' })),
    fileSystem: nullable(T.String({ description: 'Type of the file system that it lies on, such as `ext4`.' })),
    crossesFileSystem: nullable(
      T.Boolean({ description: 'Whether another file system is mounted somewhere below it.' }),
    ),
    entries: nullable(
      T.Integer({
        minimum: 0,
        maximum: 2 ** 31 - 1,
        description: 'Files and folders below a folder, on its own file system; counted up to a limit.',
      }),
    ),
    entriesAreMore: T.Boolean({ description: 'Whether there are more than were counted.' }),
  },
  { $id: 'MountPath', description: 'The path of a host that is bound; what does not exist has nothing but `exists`.' },
);
export type PathFacts = Static<typeof PathFacts>;

/** Of a path that does not exist. */
export const missingPath: PathFacts = Object.freeze({
  exists: false,
  kind: null,
  resolvedPath: null,
  uid: null,
  gid: null,
  mode: null,
  identity: null,
  fileSystem: null,
  crossesFileSystem: null,
  entries: null,
  entriesAreMore: false,
});

const validator = Compile(PathFacts);

/** Reads facts that were stored; null when nothing is known, or when another release wrote them in another form. */
export function parsePathFacts(stored: unknown): PathFacts | null {
  return validator.Check(stored) ? stored : null;
}
