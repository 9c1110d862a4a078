import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { nullable, T } from '../schema.ts';

// What other parts write into JSON columns, as far as rules look at it. More fields may be there.

const word = nullable(T.String());
const number = nullable(T.Number());

const EngineDetails = T.Object({
  rootFolder: T.String(),
  backingFileSystem: word,
  volumeDrivers: T.Array(T.String()),
  memoryBytes: T.Number(),
  remapsUsers: T.Boolean(),
});

const Storage = T.Object({
  fileSystem: T.String(),
  isNetwork: T.Boolean(),
  isRotational: nullable(T.Boolean()),
  totalBytes: T.Number(),
  freeBytes: T.Number(),
  totalInodes: T.Number(),
  freeInodes: T.Number(),
});

const Tmpfs = T.Object({
  sizeBytes: number,
  noexec: T.Boolean(),
  nosuid: T.Boolean(),
  nodev: T.Boolean(),
});

/** Each gives null for what is not there, or was written in another form: rules then know nothing of it. */
export const readEngineDetails = reader(EngineDetails);
export const readStorage = reader(Storage);
export const readTmpfs = reader(Tmpfs);
export const readStrings = reader(T.Record(T.String(), T.String()));

function reader<S extends TSchema>(schema: S): (value: unknown) => Static<S> | null {
  const validator = Compile(schema);
  return (value) => (validator.Check(value) ? value : null);
}
