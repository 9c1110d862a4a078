import { scopeOf } from '../access/roles.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import { query } from '../operation.ts';
import { resolveRepository } from '../repositories/read.ts';
import { Download, HostName, object, paging, T } from '../schema.ts';
import { VolumeName } from '../volumes/model.ts';
import { volumeTarget } from '../volumes/read.ts';
import { openArchive } from './archive.ts';
import { listFolder, openFile } from './browse.ts';
import { copiesOf } from './copies.ts';
import { VolumeCopies } from './copies-model.ts';
import {
  ArchiveFormat,
  EntryPath,
  Snapshot,
  SnapshotContent,
  SnapshotEntryPage,
  SnapshotId,
  SnapshotPage,
  SnapshotReason,
} from './model.ts';
import * as store from './store.ts';
import { requireSnapshot, snapshotTarget } from './target.ts';

export const listSnapshots = query('snapshots.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List snapshots, newest first',
  input: object({
    host: T.Optional(HostName),
    volume: T.Optional(T.String({ maxLength: 255 })),
    repository: T.Optional(T.String({ maxLength: 64, description: 'Name or id of a repository.' })),
    reason: T.Optional(SnapshotReason),
    holds: T.Optional(SnapshotContent),
    ...paging,
  }),
  output: SnapshotPage,
  async run({ ports, scope }, { limit = 50, cursor, repository, ...filter }) {
    const repositoryId = repository === undefined ? undefined : (await resolveRepository(ports.db, repository)).id;
    return await store.listSnapshots(ports.db, scope, { ...filter, repositoryId }, limit, cursor);
  },
});

export const listVolumeSnapshots = query('snapshots.listOfVolume', {
  permission: 'read',
  reach: 'anything',
  summary: 'List the snapshots of a volume, newest first',
  description: 'The volume itself may be gone.',
  input: object({
    host: HostName,
    name: T.String({ minLength: 1, maxLength: 255, description: 'Name of the volume.' }),
    ...paging,
  }),
  output: SnapshotPage,
  run: ({ ports, scope }, { host, name, limit = 50, cursor }) =>
    store.listSnapshots(ports.db, scope, { host, volume: name }, limit, cursor),
});

export const getSnapshot = query('snapshots.get', {
  permission: 'read',
  reach: snapshotTarget,
  summary: 'Read a snapshot',
  input: object({ snapshot: SnapshotId }),
  output: Snapshot,
  run: (context, { snapshot }) => requireSnapshot(context, snapshot),
});

export const listEntries = query('snapshots.entries', {
  permission: 'operate',
  reach: snapshotTarget,
  summary: 'List a folder of a snapshot',
  description:
    'Contents may be secret: this asks for more than reading. A helper container reads the repository, which takes about a second.',
  input: object({ snapshot: SnapshotId, path: T.Optional(EntryPath), ...paging }),
  output: SnapshotEntryPage,
  async run(context, { snapshot, path = '/', limit = 50, cursor }) {
    const entries = await listFolder(context.ports, await requireReadable(context, snapshot), path);
    const after = cursor === undefined ? null : (decodeCursor(cursor, 1)[0] ?? '');
    const rest = after === null ? entries : entries.filter(({ name }) => name > after);
    return toPage(
      rest,
      limit,
      ({ name }) => [name],
      (entry) => entry,
    );
  },
});

export const downloadFile = query('snapshots.file', {
  permission: 'operate',
  reach: snapshotTarget,
  summary: 'Download one file of a snapshot',
  input: object({ snapshot: SnapshotId, path: EntryPath }),
  output: Download,
  run: async (context, { snapshot, path }) => openFile(context.ports, await requireReadable(context, snapshot), path),
});

export const downloadArchive = query('snapshots.archive', {
  permission: 'operate',
  reach: snapshotTarget,
  summary: 'Download a snapshot as an archive',
  description:
    'As `tar` makes it, with owners, modes, links and attributes, of all of the snapshot or of a folder of it. It is made while it is sent; an archive that could not be read to its end breaks the connection.',
  input: object({ snapshot: SnapshotId, path: T.Optional(EntryPath), format: T.Optional(ArchiveFormat) }),
  output: Download,
  run: async (context, { snapshot, path = '/', format = 'tar.gz' }) =>
    openArchive(context.ports, await requireReadable(context, snapshot), path, format),
});

export const getVolumeCopies = query('snapshots.copiesOfVolume', {
  permission: 'read',
  reach: volumeTarget,
  summary: 'Judge the copies of a volume by 3-2-1',
  description:
    '3 copies (the volume itself is one) on 2 media, 1 of them off-site. Each repository counts once, with its newest good snapshot.',
  input: object({ host: HostName, name: VolumeName }),
  output: VolumeCopies,
  async run({ ports, scope }, { host, name }) {
    const [copies] = await copiesOf(ports.db, scope, [`${host}/${name}`]);
    if (copies === undefined) throw volumeTarget.absent({ host, name });
    return copies;
  },
});

export const copiesOfVolumes = query('snapshots.copiesOfVolumes', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'Batch for Volume.copies',
  input: object({ volumes: T.Array(T.String(), { maxItems: 1000, description: '`host/name`' }) }),
  output: T.Array(VolumeCopies),
  run: ({ ports, scope }, { volumes }) => copiesOf(ports.db, scope, volumes),
});

export const copiesOfSnapshots = query('snapshots.copies', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'Batch for Snapshot.copies',
  input: object({ originals: T.Array(T.String(), { maxItems: 1000 }) }),
  output: T.Array(Snapshot),
  run: ({ ports, scope }, { originals }) => store.copiesOfSnapshots(ports.db, scope, originals),
});

export const newestSnapshots = query('snapshots.ofVolumes', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'Batch for Volume.newestSnapshots',
  input: object({ volumes: T.Array(T.String(), { maxItems: 1000, description: '`host/name`' }) }),
  output: T.Array(Snapshot),
  run: ({ ports, scope }, { volumes }) => store.newestSnapshotsOf(ports.db, scope, volumes, 5),
});

/** Definitions hold secrets, and files of the host that labels named. Throws `forbidden` for them unless the caller administers everything. */
async function requireReadable(context: AdmittedContext, id: string): Promise<Snapshot> {
  const snapshot = await requireSnapshot(context, id);
  if (snapshot.configuration !== null && scopeOf(context.actor, 'administer') !== 'all')
    throw fail(
      'forbidden',
      'To read what definitions say asks for the role admin on everything; restore them instead.',
    );
  return snapshot;
}
