import type { Readable } from 'node:stream';
import type { Ports } from '../context.ts';
import { requestHelperSpec, runRequestHelper } from '../engine/request-helper.ts';
import { fail } from '../errors.ts';
import { type OpenRepository, openRepository } from '../repositories/read.ts';
import { dumpCommand, listCommand, readCapabilities } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import { type ResticNode, readLine } from '../restic/output.ts';
import { repositoryAccess, resticHelper } from '../restic/repository-access.ts';
import { hostOf } from '../restic/repository-location.ts';
import type { Download } from '../schema.ts';
import type { Snapshot, SnapshotEntry } from './model.ts';

const browseSeconds = 60;

/** Entries of a folder of a snapshot, by name. A helper reads them; nothing is cached. Throws `path_not_found` and `path_not_a_folder`. */
export async function listFolder(ports: Ports, snapshot: Snapshot, path: string): Promise<SnapshotEntry[]> {
  const whole = wholePath(snapshot, path);
  const nodes = await listNodes(ports, snapshot, whole);
  const folder = whole.endsWith('/') ? whole.slice(0, -1) : whole;
  // The root of a snapshot is no node of it.
  const self = folder === '' ? { type: 'dir' } : nodes.find((node) => node.path === folder);
  if (self === undefined) throw pathNotFound(snapshot, path);
  if (self.type !== 'dir') throw notAFolder(path, self.type);
  const children = nodes.filter((node) => node.path.slice(0, node.path.lastIndexOf('/')) === folder);
  return children.map((node) => toEntry(node, snapshot)).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** One file of a snapshot as a stream. Throws `path_not_found` and `path_not_a_file`. */
export async function openFile(ports: Ports, snapshot: Snapshot, path: string): Promise<Download> {
  const whole = wholePath(snapshot, path);
  const node = (await listNodes(ports, snapshot, whole)).find((entry) => entry.path === whole);
  if (node === undefined) throw pathNotFound(snapshot, path);
  if (node.type !== 'file')
    throw fail('path_not_a_file', `"${path}" is a ${node.type}; only regular files can be downloaded.`);
  const stream = await streamOf(await readerOf(ports, snapshot, dumpCommand(snapshot.id, whole)));
  return { stream, bytes: node.size ?? null, fileName: node.name };
}

/** What a folder of a snapshot is; its path is that in the snapshot. */
export interface SnapshotFolder {
  readonly whole: string;
  /** Permission bits in octal digits. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: string;
}

/** Looks a folder of a snapshot up. Throws `path_not_found` and `path_not_a_folder`. */
export async function folderOf(ports: Ports, snapshot: Snapshot, path: string): Promise<SnapshotFolder> {
  const whole = wholePath(snapshot, path);
  const node = (await listNodes(ports, snapshot, whole)).find((entry) => entry.path === whole);
  if (node === undefined && whole !== '/') throw pathNotFound(snapshot, path);
  if (node !== undefined && node.type !== 'dir') throw notAFolder(path, node.type);
  return {
    whole,
    mode: permissionBits(node?.mode ?? 0o755),
    uid: node?.uid ?? 0,
    gid: node?.gid ?? 0,
    modifiedAt: node?.mtime ?? snapshot.takenAt,
  };
}

/** Starts a helper and gives what it writes; the helper goes with the stream. */
export async function streamOf({ engine, spec, secrets }: RepositoryReader): Promise<Readable> {
  const helper = await engine.createHelper({ ...requestHelperSpec({ step: 'read', spec }), streamed: true });
  const stream = await engine.streamHelper(helper.id, secrets);
  stream.once('close', () => void engine.removeHelper(helper.id).catch(() => undefined));
  return stream;
}

async function listNodes(ports: Ports, snapshot: Snapshot, whole: string): Promise<ResticNode[]> {
  const { engine, spec, secrets } = await readerOf(ports, snapshot, listCommand(snapshot.id, whole));
  const nodes: ResticNode[] = [];
  const complaints: string[] = [];
  const request = { step: 'read', spec, secrets, seconds: browseSeconds };
  const exitCode = await runRequestHelper(engine, request, ({ stream, text }) => {
    const message = stream === 'stdout' ? readLine(text) : null;
    if (message?.kind === 'node') nodes.push(message.node);
    if (stream === 'stderr') complaints.push(text);
  });
  if (exitCode !== 0) throw exitFailure('list', exitCode, complaints);
  return nodes;
}

type RepositoryReader = Awaited<ReturnType<typeof readerOf>>;

/** What a helper needs that reads from the repository of a snapshot. */
export async function readerOf(ports: Ports, snapshot: Snapshot, command: readonly string[]) {
  const { location, secret } = await openRepository(ports, snapshot.repositoryId);
  const access = repositoryAccess({ location, secret }, false);
  return {
    engine: ports.engines.get(readerHost(ports, location, snapshot)),
    spec: resticHelper(access, command, { capabilities: readCapabilities }),
    secrets: access.secrets,
  };
}

/** A local repository is read on its own host; others are read where the volume was, or on any host when that is gone. */
function readerHost(ports: Ports, location: OpenRepository['location'], snapshot: Snapshot): string {
  const hosts = ports.engines.names();
  return hostOf(location) ?? hosts.find((name) => name === snapshot.host) ?? hosts[0] ?? snapshot.host;
}

function wholePath(snapshot: Snapshot, path: string): string {
  const below = path.replace(/\/+$/, '').replace(/^\/+/, '');
  return below === '' ? snapshot.path : `${rootOf(snapshot)}/${below}`;
}

/** What stands in front of the paths below a snapshot's folder. */
function rootOf({ path }: Snapshot): string {
  return path === '/' ? '' : path;
}

function toEntry(node: ResticNode, snapshot: Snapshot): SnapshotEntry {
  return {
    name: node.name,
    path: node.path.slice(rootOf(snapshot).length),
    type: node.type as SnapshotEntry['type'],
    bytes: node.type === 'file' ? (node.size ?? 0) : null,
    mode: node.mode === undefined ? null : permissionBits(node.mode),
    uid: node.uid ?? null,
    gid: node.gid ?? null,
    modifiedAt: node.mtime === undefined ? null : new Date(node.mtime).toISOString(),
  };
}

/** restic prints Go's mode: permission bits below, setuid, setgid and sticky in bits 23, 22 and 20. */
function permissionBits(mode: number): string {
  const special = (mode & (1 << 23) ? 0o4000 : 0) | (mode & (1 << 22) ? 0o2000 : 0) | (mode & (1 << 20) ? 0o1000 : 0);
  return ((mode & 0o777) | special).toString(8).padStart(4, '0');
}

function notAFolder(path: string, type: string) {
  return fail('path_not_a_folder', `"${path}" is a ${type}; download it, or list the folder it is in.`);
}

function pathNotFound(snapshot: Snapshot, path: string) {
  return fail(
    'path_not_found',
    `There is no "${path}" in snapshot ${snapshot.id.slice(0, 8)}; list the folder above it.`,
  );
}
