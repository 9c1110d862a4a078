import { Prisma } from '../database/client.ts';
import type {
  DatabaseDump,
  DatabaseEngine,
  HeldConfiguration,
  HeldImage,
  SnapshotContent,
  SnapshotServer,
} from './model.ts';
import { serverFrom } from './server-tag.ts';

type Columns = Pick<
  Prisma.SnapshotGetPayload<object>,
  | 'dumpEngine'
  | 'dumpDatabase'
  | 'imageId'
  | 'imageReference'
  | 'configurationDigest'
  | 'configurationProject'
  | 'server'
>;

/** What a snapshot holds: in place of the files of a volume one of the first three, and the server whose data it is. */
export interface HeldContent {
  readonly dump?: DatabaseDump | null | undefined;
  readonly image?: HeldImage | null | undefined;
  readonly configuration?: HeldConfiguration | null | undefined;
  /** Null (and not given): the data is of no database server that is known. */
  readonly server?: SnapshotServer | null | undefined;
}

/** That as the columns of the catalogue. */
export function heldColumns({ dump, image, configuration, server }: HeldContent) {
  return {
    dumpEngine: dump?.engine ?? null,
    dumpDatabase: dump?.database ?? null,
    imageId: image?.id ?? null,
    imageReference: image?.reference ?? null,
    configurationDigest: configuration?.digest ?? null,
    configurationProject: configuration?.composeProject ?? null,
    server: server ?? Prisma.DbNull,
  };
}

/** What the columns say. */
export function heldBy(row: Columns) {
  const { dumpEngine, dumpDatabase, imageId, imageReference, configurationDigest, configurationProject } = row;
  return {
    dump: dumpEngine === null ? null : { engine: dumpEngine as DatabaseEngine, database: dumpDatabase },
    image: imageId === null ? null : { id: imageId, reference: imageReference },
    configuration:
      configurationDigest === null ? null : { composeProject: configurationProject, digest: configurationDigest },
    server: serverFrom(row.server),
  };
}

/** The condition for snapshots that hold this. */
export function contentCondition(holds: SnapshotContent): Prisma.SnapshotWhereInput {
  if (holds === 'volume') return { volumeName: { not: null }, dumpEngine: null };
  if (holds === 'dump') return { dumpEngine: { not: null } };
  return holds === 'image' ? { imageId: { not: null } } : { configurationDigest: { not: null } };
}
