import t from 'tap';
import type { StorageFacts } from '../../../src/findings/facts.ts';
import { storage } from './facts.ts';
import { ofHost } from './verdicts.ts';

const on = (differing: Partial<StorageFacts>) => ({ storage: { ...storage, ...differing } });

t.test('HST-001: a network file system', async (t) => {
  t.same(ofHost(on({ fileSystem: 'nfs4', isNetwork: true })), ['HST-001 critical']);
  t.same(ofHost({}), []);
});

t.test('HST-002: a deprecated storage driver', async (t) => {
  for (const storageDriver of ['aufs', 'devicemapper', 'overlay', 'vfs'])
    t.same(ofHost({ storageDriver }), ['HST-002 high'], storageDriver);
  for (const storageDriver of ['overlay2', 'overlayfs', 'fuse-overlayfs', null]) t.same(ofHost({ storageDriver }), []);
});

t.test('HST-003: an unusual file system', async (t) => {
  const fault = ['HST-003 low'];
  t.same(ofHost(on({ fileSystem: 'xfs' })), []);
  t.same(ofHost(on({ fileSystem: 'reiserfs' })), fault);
  t.same(ofHost(on({ fileSystem: 'btrfs' })), fault);
  t.same(ofHost({ ...on({ fileSystem: 'btrfs' }), storageDriver: 'btrfs' }), []);
  t.same(ofHost({ ...on({ fileSystem: 'zfs' }), storageDriver: 'zfs' }), []);
  t.same(ofHost({ storage: null, backingFileSystem: 'extfs' }), []);
  t.same(ofHost({ storage: null, backingFileSystem: 'overlayfs' }), fault);
  t.same(ofHost({ storage: null, backingFileSystem: '<unknown>' }), [], 'not known');
  t.same(ofHost({ storage: null, backingFileSystem: null }), [], 'not known');
});

t.test('HST-004: a disk that turns', async (t) => {
  t.same(ofHost(on({ isRotational: true })), ['HST-004 info']);
  t.same(ofHost(on({ isRotational: null })), []);
});

t.test('HST-005: little is left', async (t) => {
  const table: [string, Partial<StorageFacts>, string[]][] = [
    ['a tenth', { totalBytes: 100, freeBytes: 10 }, []],
    ['less', { totalBytes: 100, freeBytes: 9 }, ['HST-005 medium']],
    ['a twentieth', { totalBytes: 100, freeBytes: 5 }, ['HST-005 medium']],
    ['still less', { totalBytes: 100, freeBytes: 4 }, ['HST-005 high']],
    ['nothing', { totalBytes: 100, freeBytes: 0 }, ['HST-005 high']],
    ['few inodes', { totalInodes: 100, freeInodes: 7 }, ['HST-005 medium']],
    ['inodes are made as needed', { totalInodes: 0, freeInodes: 0 }, []],
    ['an empty disk of no size', { totalBytes: 0, freeBytes: 0 }, []],
  ];
  for (const [name, facts, expected] of table) t.same(ofHost(on(facts)), expected, name);
  t.same(ofHost({ storage: null }), [], 'not measured');
});
