import type { MountWord } from './mount-words.ts';

/** The words that a file system takes, by what stands behind their `=`. */
export interface KnownWords {
  readonly names: readonly string[];
  /** What is wrong with a word, as the end of a sentence that begins with its name; null when nothing is. */
  complain(word: MountWord): string | null;
}

const shapes = {
  flags: { pattern: null, says: 'takes no value' },
  numbers: { pattern: /^\d+$/, says: 'takes a number' },
  sizes: { pattern: /^\d+[kmgtpe%]?$/i, says: 'takes a number with or without a unit, such as 64m' },
  modes: { pattern: /^0?[0-7]{3,4}$/, says: 'takes an octal mode, such as 0750' },
  versions: { pattern: /^\d(\.\d){0,2}$/, says: 'takes a version, such as 4.1' },
  texts: { pattern: /^.+$/, says: 'takes a value' },
  /** With a value and without. */
  either: { pattern: /^.+$/, says: 'takes a value, or none' },
} as const;
type Shape = keyof typeof shapes;

/** Words that every file system takes: the engine makes flags of them. */
const general = `defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync atime noatime diratime nodiratime relatime
  norelatime strictatime nostrictatime lazytime nolazytime shared slave private rshared rslave rprivate`;

/** Makes the words of a file system out of lists of names, and what every file system takes. */
export function knownWords(lists: Partial<Record<Shape, string>>): KnownWords {
  const shapeOf = new Map<string, Shape>(split(general).map((name) => [name, 'flags']));
  for (const [shape, names] of Object.entries(lists))
    for (const name of split(names)) shapeOf.set(name, shape as Shape);
  return {
    names: [...shapeOf.keys()].sort(),
    complain({ name, value }) {
      const shape = shapeOf.get(name);
      if (shape === undefined) return 'is not known';
      const { pattern, says } = shapes[shape];
      if (value === null) return pattern === null || shape === 'either' ? null : says;
      return pattern?.test(value) === true ? null : says;
    },
  };
}

function split(names: string): string[] {
  return names.split(/\s+/);
}

export const nfsWords = knownWords({
  flags: `soft softerr hard ac noac cto nocto acl noacl lock nolock intr nointr rdirplus nordirplus sharecache nosharecache resvport
    noresvport migration nomigration posix noposix tcp udp rdma bg fg fsc nofsc sloppy v2 v3 v4 v4.0 v4.1 v4.2 softreval nosoftreval
    trunkdiscovery notrunkdiscovery`,
  numbers: `timeo retrans retry rsize wsize bsize port mountport acregmin acregmax acdirmin acdirmax actimeo namlen nconnect max_connect
    minorversion`,
  versions: 'nfsvers vers mountvers',
  texts: 'addr clientaddr proto mountproto mounthost mountaddr sec local_lock lookupcache write xprtsec',
});

export const cifsWords = knownWords({
  flags: `guest forceuid noforceuid forcegid noforcegid mfsymlinks nomfsymlinks perm noperm dynperm nodynperm serverino noserverino
    sfu nosfu mapposix nomapposix mapchars nomapchars sign seal soft nosoft hard nohard unix nounix linux nolinux posix noposix
    posixpaths noposixpaths brl nobrl lock nolock nocase ignorecase dfs nodfs handlecache nohandlecache acl noacl user_xattr
    nouser_xattr cifsacl nocifsacl modefromsid idsfromsid multiuser setuids nosetuids multichannel nomultichannel persistenthandles
    nopersistenthandles resilienthandles noresilienthandles fsc nosharesock nodelete tcpnodelay notcpnodelay strictsync nostrictsync
    rdma noautotune nosparse witness domainauto rwpidforward sloppy`,
  numbers: `uid gid cruid backupuid backupgid rsize wsize bsize port actimeo acregmax acdirmax closetimeo echo_interval max_channels
    handletimeout max_credits min_enc_offload esize retrans max_cached_dirs snapshot`,
  modes: 'file_mode dir_mode',
  texts: `addr ip unc user username password password2 pass domain dom workgroup vers sec iocharset cache prefixpath netbiosname
    servern credentials cred srcaddr reparse symlink compress`,
  either: 'nativesocket',
});

export const tmpfsWords = knownWords({
  flags: 'inode32 inode64 noswap',
  numbers: 'uid gid',
  sizes: 'size nr_blocks nr_inodes',
  modes: 'mode',
  texts: 'huge mpol',
});

export const bindWords = knownWords({ flags: 'bind rbind unbindable runbindable' });

export const cephWords = knownWords({
  flags: `dirstat nodirstat rbytes norbytes asyncreaddir noasyncreaddir dcache nodcache ino32 noino32 poolperm nopoolperm
    require_active_mds norequire_active_mds quotadf noquotadf copyfrom nocopyfrom acl noacl wsync nowsync pagecache nopagecache
    sparseread nosparseread share noshare crc nocrc cephx_require_signatures nocephx_require_signatures cephx_sign_messages
    nocephx_sign_messages tcp_nodelay notcp_nodelay abort_on_full`,
  numbers: `rsize wsize rasize caps_wanted_delay_min caps_wanted_delay_max caps_max readdir_max_entries readdir_max_bytes
    write_congestion_kb mount_timeout osd_idle_ttl osdkeepalive osd_request_timeout`,
  texts: `name secret secretfile key fsid fs mds_namespace mon_addr conf ip ms_mode recover_session snapdirname read_from_replica
    crush_location`,
  either: 'fsc',
});

export const glusterfsWords = knownWords({
  flags: `acl selinux worm read-only enable-ino32 mem-accounting fopen-keep-cache aux-gfid-mount thin-client root-squash no-root-squash
    kernel-writeback-cache global-threading`,
  numbers: `attribute-timeout entry-timeout negative-timeout gid-timeout reader-thread-count background-qlen congestion-threshold
    volfile-max-fetch-attempts volfile-check lru-limit invalidate-limit backup-volfile-server-port server-port oom-score-adj`,
  texts: `addr backup-volfile-servers backup-volfile-server backupvolfile-server log-level log-file transport direct-io-mode
    use-readdirp volume-name volume-id subdir-mount xlator-option event-history`,
});

export const extWords = knownWords({
  flags: `acl noacl user_xattr nouser_xattr barrier nobarrier discard nodiscard delalloc nodelalloc quota noquota usrquota grpquota
    prjquota journal_checksum journal_async_commit auto_da_alloc noauto_da_alloc dioread_lock dioread_nolock i_version nombcache
    block_validity noblock_validity grpid nogrpid bsdgroups sysvgroups minixdf bsddf noload norecovery dax nomblk_io_submit
    prefetch_block_bitmaps no_prefetch_block_bitmaps warn_on_error nowarn_on_error`,
  numbers: `commit stripe resuid resgid sb inode_readahead_blks max_batch_time min_batch_time journal_dev journal_ioprio max_dir_size_kb
    mb_optimize_scan init_itable`,
  texts: 'data errors data_err jqfmt usrjquota grpjquota journal_path',
});

export const xfsWords = knownWords({
  flags: `attr2 noattr2 discard nodiscard grpid nogrpid bsdgroups sysvgroups filestreams ikeep noikeep inode32 inode64 largeio nolargeio
    noalign norecovery nouuid quota noquota usrquota uquota uqnoenforce qnoenforce grpquota gquota gqnoenforce prjquota pquota
    pqnoenforce swalloc wsync`,
  numbers: 'logbufs sunit swidth',
  sizes: 'allocsize logbsize',
  texts: 'logdev rtdev',
  either: 'dax',
});

export const btrfsWords = knownWords({
  flags: `acl noacl autodefrag noautodefrag barrier nobarrier clear_cache nodatacow datacow nodatasum datasum degraded enospc_debug
    flushoncommit noflushoncommit treelog notreelog ssd nossd ssd_spread nossd_spread skip_balance user_subvol_rm_allowed
    rescan_uuid_tree nologreplay norecovery nodiscard nospace_cache`,
  numbers: 'commit subvolid thread_pool metadata_ratio',
  sizes: 'max_inline',
  texts: 'subvol device fatal_errors rescue',
  either: 'compress compress-force space_cache discard',
});
