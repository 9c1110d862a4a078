import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { AclEntry } from '../../../src/permissions/acl.ts';
import { actionsOn, type Entry } from '../../../src/permissions/can-access.ts';
import type { ContainerWish, TestDocker } from '../../machinery/docker.ts';

const acl = (...entries: [AclEntry['tag'], number | null, number][]): AclEntry[] =>
  entries.map(([tag, id, bits]) => ({ tag, id, bits }));
const named = (mask: number, ...entries: [AclEntry['tag'], number | null, number][]) =>
  acl(['user_obj', null, 7], ...entries, ['group_obj', null, 5], ['mask', null, mask], ['other', null, 0]);

/** Path, owner, mode (with an ACL its mask in the place of the group), ACL; a folder ends in a slash and stands before what is in it. */
export const tree: [string, number, number, number, AclEntry[] | null][] = [
  ['./', 0, 0, 0o755, null],
  ['own', 1000, 1000, 0o600, null],
  ['owner-denied', 1000, 1000, 0o066, null],
  ['group-read', 0, 33, 0o640, null],
  ['group-denied', 0, 33, 0o606, null],
  ['others', 7, 7, 0o606, null],
  ['acl-user', 7, 7, 0o760, named(6, ['user', 1000, 6])],
  ['acl-masked', 7, 7, 0o740, named(4, ['user', 1000, 6])],
  ['acl-group', 7, 7, 0o770, named(7, ['group', 33, 6], ['group', 44, 0])],
  ['acl-unused', 7, 7, 0o700, named(0, ['user', 1000, 6])],
  ['closed/', 7, 7, 0o700, null],
  ['closed/inside', 1000, 1000, 0o666, null],
  ['search/', 7, 7, 0o711, null],
  ['search/readable', 7, 7, 0o644, null],
  ['sticky/', 7, 7, 0o1777, null],
  ['sticky/foreign', 7, 7, 0o666, null],
  ['sticky/own', 1000, 1000, 0o600, null],
  ['team/', 0, 44, 0o2770, null],
  ['team/draft', 1000, 44, 0o660, null],
  ['acl-folder/', 7, 7, 0o750, named(5, ['user', 1000, 7])],
  ['acl-folder/file', 7, 7, 0o644, null],
];

/** Shell script that makes the tree at /data. */
export const setUp = tree
  .map(([path, uid, gid, mode, entries]) => {
    const made = path.endsWith('/') ? `mkdir -p /data/${path}` : `echo x > /data/${path}`;
    const spec = (entries ?? []).map(({ tag, id, bits }) => `${tag.replace('_obj', '')[0]}:${id ?? ''}:${bits}`);
    const attached = entries === null ? '' : `/usr/bin/setfacl --set ${spec.join(',')} /data/${path};`;
    return `${made}; chown ${uid}:${gid} /data/${path}; ${attached} chmod ${mode.toString(8)} /data/${path}`;
  })
  .join('\n');

/** Tries everything, and leaves all as it was: who may delete an entry may give it another name and back. */
const attempt = `
cd /data
may() { what=$1 path=$2; shift 2; if "$@" > /dev/null 2>&1; then echo "$what $path yes"; else echo "$what $path no"; fi; }
list() { ls "$1" && cd "$1" && cd /data; }
open_to_write() { perl -e 'exit !sysopen F, $ARGV[0], 1' "$1"; }
create() { mkdir "$1/probe" && rmdir "$1/probe"; }
delete() { mv -T "$1" "$1.away" && mv -T "$1.away" "$1"; }
${tree
  .map(([path]) =>
    actionsOn(path.endsWith('/') ? 'folder' : 'file')
      .filter((action) => path !== './' || action !== 'delete')
      .map((action) => {
        const commands = { read: 'cat', write: 'open_to_write', list: 'list', create: 'create', delete: 'delete' };
        return `may ${action} ${path} ${commands[action]} ${path.replace(/(.)\/$/, '$1')}`;
      })
      .join('\n'),
  )
  .join('\n')}
`;

/** Who, as `docker run` is told, and as the kernel sees it. */
export interface Candidate {
  readonly user: string;
  readonly uid: number;
  readonly groups: readonly number[];
  readonly capabilities?: readonly string[];
  readonly readOnly?: true;
  readonly hostConfig?: Docker.HostConfig;
}
export const candidates: Candidate[] = [
  { user: '', uid: 0, groups: [0], capabilities: ['DAC_OVERRIDE', 'FOWNER'] },
  { user: '0', uid: 0, groups: [0], hostConfig: { CapDrop: ['ALL'] } },
  {
    user: '0',
    uid: 0,
    groups: [0],
    capabilities: ['DAC_READ_SEARCH'],
    hostConfig: { CapDrop: ['ALL'], CapAdd: ['DAC_READ_SEARCH'] },
  },
  { user: '0', uid: 0, groups: [0], capabilities: ['DAC_OVERRIDE'], hostConfig: { CapDrop: ['CAP_FOWNER'] } },
  { user: '0', uid: 0, groups: [0], capabilities: ['DAC_OVERRIDE', 'FOWNER'], readOnly: true },
  { user: '1000', uid: 1000, groups: [0] },
  { user: '1000:1000', uid: 1000, groups: [1000] },
  { user: '1000:33', uid: 1000, groups: [33, 44], hostConfig: { GroupAdd: ['44'] } },
  { user: '4711:33', uid: 4711, groups: [33] },
  { user: '4711:4711', uid: 4711, groups: [4711, 44], hostConfig: { GroupAdd: ['44', 'root'] } },
  { user: '7:7', uid: 7, groups: [7] },
  { user: '1000:1000', uid: 1000, groups: [1000], readOnly: true },
  { user: '4711:4711', uid: 4711, groups: [4711], hostConfig: { Privileged: true } },
];

/** An entry of the tree, and the folders above it. */
export function placed(path: string): { entry: Entry; above: Entry[] } {
  const entryOf = ([name, uid, gid, mode, entries]: (typeof tree)[number]): Entry => ({
    type: name.endsWith('/') ? 'folder' : 'file',
    uid,
    gid,
    mode,
    acl: entries,
  });
  const [own] = tree.filter(([name]) => name === path);
  if (own === undefined) throw new Error(path);
  const isAbove = (name: string) => name === './' || (name.endsWith('/') && path.startsWith(name) && name !== path);
  const above = tree.filter(([name]) => path !== './' && isAbove(name));
  return { entry: entryOf(own), above: above.map(entryOf) };
}

/** What came out when a container tried everything: its name, and action, path and answer of each attempt. */
export async function tried(docker: TestDocker, volume: string, { user, readOnly, hostConfig }: Candidate) {
  const wish: ContainerWish = {
    volume,
    user,
    script: attempt,
    hostConfig: {
      Mounts: [{ Type: 'volume', Source: volume, Target: '/data', ReadOnly: readOnly === true }],
      ...hostConfig,
    },
  };
  const container = await docker.container(wish);
  await container.wait();
  const [out, err] = [new PassThrough(), new PassThrough()];
  const read = Promise.all([text(out), text(err)]);
  const logs = await container.logs({ follow: true, stdout: true, stderr: true });
  container.modem.demuxStream(logs, out, err);
  logs.on('end', () => [out, err].map((stream) => stream.end()));
  const [lines] = await read;
  const answers = lines
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return { id: container.id, name: (await container.inspect()).Name.slice(1), answers };
}
