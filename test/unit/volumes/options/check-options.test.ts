import t from 'tap';
import { requireUsableOptions } from '../../../../src/volumes/options/check-options.ts';

type Options = Record<string, string>;
const local = (options: Options, roots: string[] = []) => requireUsableOptions({ driver: 'local', options }, roots);

t.test('options that can be right', (t) => {
  const good: Options[] = [
    {},
    { size: '10G' },
    { type: 'nfs', device: ':/export/data', o: 'addr=192.168.1.100,rw' },
    {
      type: 'nfs',
      device: 'nas.example:/export',
      o: 'addr=nas.example,soft,timeo=30,retrans=2,nfsvers=4.1,noatime,async,nolock',
    },
    { type: 'nfs4', device: ':/', o: 'addr=fd00::1,ro,sec=krb5p,proto=tcp6,rsize=1048576,port=2049' },
    {
      type: 'cifs',
      device: '//nas/share/sub',
      o: 'username=u,password=p=w,vers=3.0,uid=1000,gid=1000,file_mode=0660,dir_mode=0770',
    },
    { type: 'cifs', device: '//10.0.0.1/share', o: 'credentials=/etc/nas,addr=10.0.0.1' },
    { type: 'tmpfs', device: 'tmpfs' },
    {
      type: 'tmpfs',
      device: 'tmpfs',
      o: 'size=64m,mode=1777,uid=0,nr_inodes=10k,noexec,nosuid,nodev,noatime,lazytime',
    },
    { type: 'tmpfs', device: 'tmpfs', o: 'size=10%,,rw' },
    { type: 'none', device: '/srv/data', o: 'bind' },
    { type: 'none', device: '/srv/a.b/..c/', o: 'rbind,ro,rslave,noatime' },
    { type: 'bind', device: '/', o: 'bind' },
    { type: 'ext4', device: '/dev/loop7', o: 'noatime,nodiratime,data=ordered,commit=30,lazytime' },
    { type: 'xfs', device: '/dev/mapper/vg-data', o: 'relatime,allocsize=64m,nouuid' },
    { type: 'btrfs', device: '/dev/disk/by-id/x', o: 'subvol=data,compress=zstd:3,ssd,discard=async' },
    { type: 'vfat', device: '/dev/sdb1', o: 'whatever=1' },
    { type: 'ceph', device: 'mon1,mon2:6789:/volumes/shop', o: 'name=admin,secret=AQ==,mds_namespace=fs' },
    { type: 'ceph', device: ':/', o: 'mon_addr=10.0.0.1:6789,name=admin,secretfile=/etc/ceph/admin' },
    { type: 'ceph', device: 'admin@3f3c.fs=/', o: 'secret=AQ==' },
    { type: 'glusterfs', device: 'gluster1:/shop', o: 'backup-volfile-servers=gluster2:gluster3,log-level=WARNING' },
    { type: 'glusterfs', device: 'gluster1:shop' },
    { type: 'overlay', device: 'overlay', o: 'lowerdir=/a,upperdir=/b,workdir=/c' },
  ];
  for (const options of good) t.doesNotThrow(() => local(options), JSON.stringify(options));
  t.doesNotThrow(() => requireUsableOptions({ driver: 'rexray/ebs', options: { size: 'ten', bogus: 'x' } }, ['/srv']));
  t.end();
});

t.test('options that cannot be right are refused by name', (t) => {
  const nfs = { type: 'nfs', device: ':/x', o: 'addr=h' };
  const bad: [Options, string, RegExp][] = [
    [{ bogus: 'x' }, '/options/bogus', /no option "bogus"; it has type, device, o, size/],
    [{ 'a/b~c': 'x' }, '/options/a~1b~0c', /no option "a\/b~c"/],
    [{ size: 'huge' }, '/options/size', /"huge" is no size/],
    [{ size: '1g', type: 'tmpfs', device: 'tmpfs' }, '/options/size', /belongs into `o`/],
    [{ o: 'noatime' }, '/options/type', /`type` is missing.*takes no mount options/],
    [{ type: 'nfs', o: 'addr=h' }, '/options/device', /`device` is missing/],
    [{ type: 'nsf', device: ':/x', o: 'addr=h' }, '/options/type', /"nsf" is not known; known are nfs, nfs4/],
    [{ ...nfs, o: 'rw' }, '/options/o', /needs "addr=…"/],
    [{ ...nfs, o: 'addr=' }, '/options/o', /"addr" of the type "nfs" takes a value/],
    [{ ...nfs, o: 'addr=h,sotf' }, '/options/o', /"sotf" of the type "nfs" is not known; known are ac, /],
    [{ ...nfs, o: 'addr=h, ro' }, '/options/o', /" ro"/],
    [{ ...nfs, o: 'addr=h,soft=1' }, '/options/o', /"soft" of the type "nfs" takes no value/],
    [{ ...nfs, o: 'addr=h,timeo=soon' }, '/options/o', /"timeo" of the type "nfs" takes a number/],
    [{ ...nfs, o: 'addr=h,nfsvers=four' }, '/options/o', /takes a version/],
    [{ ...nfs, device: '/x' }, '/options/device', /as ":\/path" or "server:\/path"/],
    [{ type: 'cifs', device: '\\\\nas\\share', o: '' }, '/options/device', /\/\/server\/share/],
    [{ type: 'cifs', device: '//nas', o: '' }, '/options/device', /\/\/server\/share/],
    [{ type: 'cifs', device: '//user:pw@nas/share', o: '' }, '/options/device', /belong into `o`/],
    [{ type: 'cifs', device: '//nas/share', o: 'file_mode=rw' }, '/options/o', /octal mode/],
    [{ type: 'tmpfs', device: 'none' }, '/options/device', /is "tmpfs"/],
    [{ type: 'tmpfs', device: 'tmpfs', o: 'size=big' }, '/options/o', /"size" of the type "tmpfs" takes a number with/],
    [{ type: 'tmpfs', device: 'tmpfs', o: 'remount' }, '/options/o', /"remount"/],
    [{ type: 'none', device: '/x' }, '/options/o', /must say: "bind"/],
    [{ type: 'ext4', device: '/x', o: 'bind' }, '/options/type', /a bind has the type "none"/],
    [{ type: 'none', device: 'x', o: 'bind' }, '/options/device', /absolute path/],
    [{ type: 'none', device: '/srv/../etc', o: 'bind' }, '/options/device', /absolute path/],
    [{ type: 'none', device: '/srv//x', o: 'bind' }, '/options/device', /absolute path/],
    [{ type: 'none', device: '/srv', o: 'bind,size=1g' }, '/options/o', /"size" of the type "none" is not known/],
    [{ type: 'ext4', device: 'UUID=1', o: '' }, '/options/device', /labels and UUIDs are not looked up/],
    [{ type: 'ext4', device: '/dev/../etc/x', o: '' }, '/options/device', /block device/],
    [{ type: 'xfs', device: '/dev/sda', o: 'data=ordered' }, '/options/o', /"data" of the type "xfs"/],
    [{ type: 'ceph', device: '/x', o: '' }, '/options/device', /monitors/],
    [{ type: 'glusterfs', device: 'gluster1', o: '' }, '/options/device', /server:\/volume/],
  ];
  for (const [options, path, message] of bad)
    t.throws(
      () => local(options),
      { code: 'volume_options_invalid', message, errors: [{ path }] },
      JSON.stringify(options),
    );
  t.throws(
    () => local({ ...nfs, device: 'x', o: 'sotf' }),
    { errors: [{ path: '/options/device' }, { path: '/options/o' }, { path: '/options/o' }] },
    'all that is wrong is told at once',
  );
  t.end();
});

t.test('what follows a secret is not repeated, for it may be a part of it', (t) => {
  const options = { type: 'cifs', device: '//nas/share', o: 'password=half,otherhalf=x,timeo' };
  t.throws(() => local(options), { message: /a secret with a comma in it cannot be given/ });
  try {
    local(options);
  } catch (error) {
    t.notMatch(JSON.stringify(error) + String(error), /half/);
  }
  t.end();
});

t.test('binds stay below the allowed roots, where there are any', (t) => {
  const bind = (device: string) => () => local({ type: 'none', device, o: 'bind' }, ['/srv/data', '/mnt']);
  t.doesNotThrow(bind('/srv/data'));
  t.doesNotThrow(bind('/srv/data/shop'));
  for (const device of ['/srv/database', '/srv', '/', '/etc'])
    t.throws(bind(device), { code: 'folder_not_allowed', errors: [{ path: '/options/device' }] }, device);
  t.doesNotThrow(() => local({ type: 'tmpfs', device: 'tmpfs' }, ['/srv']));
  t.end();
});
