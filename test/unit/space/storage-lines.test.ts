import t from 'tap';
import { readStorage } from '../../../src/space/storage-lines.ts';

const room = 'room 4096 1000 500 100 90';

t.test('what a helper says of the storage below the engine', (t) => {
  t.same(readStorage(['mount ext4 /dev/sda1', room, 'disk 1 /sys/devices/pci0/ata1/block/sda']), {
    fileSystem: 'ext4',
    isNetwork: false,
    device: '/dev/sda1',
    isRotational: true,
    totalBytes: 4_096_000,
    freeBytes: 2_048_000,
    totalInodes: 100,
    freeInodes: 90,
  });
  t.match(readStorage(['mount nfs4 server:/export\\040one', room]), {
    isNetwork: true,
    device: 'server:/export one',
    isRotational: null,
  });
  t.equal(readStorage([room]), null);
  t.equal(readStorage(['mount ext4 /dev/sda1']), null);
  t.end();
});

t.test('whether a disk turns is believed where it can be known', (t) => {
  const rotational = (disk: string) => readStorage(['mount ext4 /dev/x', room, disk])?.isRotational;
  t.equal(rotational('disk 0 /sys/devices/pci0/nvme/nvme0/nvme0n1'), false);
  t.equal(rotational('disk 1 /sys/devices/virtual/block/dm-0'), true);
  t.equal(rotational('disk 1 /sys/devices/pci0/virtio1/block/vda'), null, 'all virtual disks say so');
  t.equal(rotational('disk 0 /sys/devices/pci0/virtio1/block/vda'), false);
  t.equal(rotational('disk 0 /sys/devices/virtual/block/loop3'), null);
  t.end();
});

t.test('what lies on another machine', (t) => {
  const isNetwork = (type: string) => readStorage([`mount ${type} x`, room])?.isNetwork;
  for (const type of ['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', 'fuse.sshfs', '9p']) t.equal(isNetwork(type), true, type);
  for (const type of ['ext4', 'xfs', 'btrfs', 'zfs', 'overlay', 'tmpfs', 'fuse.mergerfs'])
    t.equal(isNetwork(type), false, type);
  t.end();
});
