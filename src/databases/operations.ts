import { reaches, scopeOf } from '../access/roles.ts';
import { requireAdmin } from '../backups/read.ts';
import { ContainerAddress } from '../containers/model.ts';
import { containerTarget } from '../containers/read.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { attributesOf, requireHost } from '../hosts/read.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import { command, query } from '../operation.ts';
import { requireWritable, resolveRepository, usableRepository } from '../repositories/read.ts';
import { HostName, object, paging, T } from '../schema.ts';
import { EntryPath, SnapshotId } from '../snapshots/model.ts';
import { requireSnapshot, snapshotTarget } from '../snapshots/read.ts';
import { VolumeName } from '../volumes/model.ts';
import { findVolume, volumeTarget } from '../volumes/read.ts';
import { type FoundServer, recogniseOne, serversAmong } from './find-server.ts';
import { DatabaseName, type DatabaseServer, DatabaseServerPage } from './model.ts';
import { familyOf } from './recognise.ts';

export const listDatabases = query('databases.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List the database servers of a host',
  description:
    'Containers that are recognised by their image, their environment or where their volume is mounted, running or not.',
  input: object({ host: HostName, ...paging }),
  output: DatabaseServerPage,
  async run({ ports, scope }, { host, limit = 50, cursor }) {
    await requireHost(ports.db, host);
    const [after = ''] = cursor === undefined ? [] : decodeCursor(cursor, 1);
    const engine = ports.engines.get(host);
    const containers = (await engine.listContainers())
      .filter(({ name, labels }) => name > after && reaches(scope, attributesOf(labels).project))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    const servers = await serversAmong(engine, containers);
    return toPage(
      servers.slice(0, limit + 1),
      limit,
      ({ container }) => [container.name],
      (one) => toServer(host, one),
    );
  },
});

export const restoreDatabase = command('databases.restore', {
  permission: 'operate',
  reach: containerTarget,
  summary: 'Let a database read a dump',
  description:
    'In place of what it holds (asks for the role admin): the dump of a snapshot, or a file of SQL in a volume (`.sql`, `.sql.gz`, `.sql.zst`). A server that does not run is started for it, and stopped again. It begins when the database answers. What it holds is dumped first, and read again should the restore fail.',
  input: object({
    host: HostName,
    container: ContainerAddress,
    snapshot: T.Optional(SnapshotId),
    archive: T.Optional(
      object(
        { volume: VolumeName, path: EntryPath },
        { $id: 'DatabaseArchive', description: 'A file of SQL in a volume of the host.' },
      ),
    ),
    database: T.Optional({
      ...DatabaseName,
      description: 'Database that it goes into; the one that the dump holds when not given, or all of the server.',
    }),
    confirm: T.Optional(T.String({ description: 'Name of the container, once more.' })),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { host, container: address, snapshot, archive, database = null, confirm }) {
    const server = await requireServer(context, host, address);
    const { name, labels } = server.container;
    if (confirm !== name)
      throw fail(
        'confirmation_required',
        `The restore replaces what the database holds; repeat the name of its container in \`confirm\`: "${name}".`,
      );
    const { project } = attributesOf(labels);
    requireAdmin(context, project, 'restore a database');
    const volume = await findVolume(context.ports.db, host, server.volume);
    if (volume !== null) requireAdmin(context, volume.project, 'restore a database');
    const from = await sourceOf(context, host, server, { snapshot, archive, database });
    const input = { container: server.container.id, database, ...from };
    return await enqueueJob(context, { kind: 'database_restore', host, volume: server.volume, project, input });
  },
});

type VolumeServer = FoundServer & { readonly volume: string };

/** Throws `container_not_found`, and `database_not_found` for a container that is none, or whose data lies in no volume. */
async function requireServer({ ports }: AdmittedContext, host: string, address: string): Promise<VolumeServer> {
  const engine = ports.engines.get(host);
  const container = await engine.findContainer(address);
  if (container === null) throw containerTarget.absent({ host, container: address });
  const server = await recogniseOne(engine, container);
  if (server === null)
    throw fail(
      'database_not_found',
      `Container "${container.name}" is no database that Stowage knows (PostgreSQL, MySQL, MariaDB, Redis).`,
    );
  const { volume } = server;
  if (volume === null)
    throw fail(
      'database_not_found',
      `The data of ${container.name} lies in no volume; what it holds could not be kept before the restore.`,
    );
  return { ...server, volume };
}

interface DumpChoice {
  readonly snapshot: string | undefined;
  readonly archive: { readonly volume: string; readonly path: string } | undefined;
  readonly database: string | null;
}

async function sourceOf(
  context: AdmittedContext,
  host: string,
  server: FoundServer,
  { snapshot, archive, database }: DumpChoice,
) {
  if (snapshot !== undefined && archive === undefined) return await snapshotOf(context, server, snapshot, database);
  if (archive !== undefined && snapshot === undefined) return await archiveOf(context, host, server, archive);
  throw fail('invalid_input', 'Give either `snapshot` or `archive`.');
}

/** Throws `snapshot_not_found`, and `snapshot_unsuitable` for one that this server cannot read. */
async function snapshotOf(context: AdmittedContext, server: FoundServer, id: string, database: string | null) {
  const snapshot = await requireSnapshot(context, id);
  if (!reaches(scopeOf(context.actor, 'operate'), snapshot.project)) throw snapshotTarget.absent({ snapshot: id });
  const { dump } = snapshot;
  const isOfKind = dump !== null && familyOf(dump.engine) === familyOf(server.engine);
  if (!isOfKind)
    throw fail(
      'snapshot_unsuitable',
      `Snapshot ${snapshot.id.slice(0, 8)} holds ${dump === null ? 'files' : `a dump of ${dump.engine}`}, and ${server.container.name} is ${server.engine}.`,
    );
  if (database !== null && dump.database === null)
    throw fail(
      'invalid_input',
      'The dump holds all of a server, so it goes into no single `database`; leave that out.',
    );
  // What is there is kept in the same repository first.
  requireWritable(await resolveRepository(context.ports.db, snapshot.repositoryId));
  return { snapshot: snapshot.id, repositoryId: snapshot.repositoryId };
}

async function archiveOf(
  { ports, actor }: AdmittedContext,
  host: string,
  server: FoundServer,
  archive: { volume: string; path: string },
) {
  if (server.engine === 'redis') throw fail('invalid_input', 'Redis takes no SQL: give a `snapshot`.');
  const volume = await findVolume(ports.db, host, archive.volume);
  if (volume === null || !reaches(scopeOf(actor, 'operate'), volume.project))
    throw volumeTarget.absent({ host, name: archive.volume });
  return { archive, repositoryId: (await usableRepository(ports.db, host, undefined)).id };
}

function toServer(host: string, { container, engine, recognisedBy, volume }: FoundServer): DatabaseServer {
  const { id, name, state, image, labels, createdAt } = container;
  return {
    host,
    container: { id, name, state },
    image,
    engine,
    recognisedBy,
    volume,
    project: attributesOf(labels).project,
    createdAt: createdAt?.toISOString() ?? null,
  };
}
