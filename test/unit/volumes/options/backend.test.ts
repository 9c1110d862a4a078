import t from 'tap';
import { backendOf } from '../../../../src/volumes/options/backend.ts';
import { shownOptions, withoutSecrets } from '../../../../src/volumes/options/mount-words.ts';

type Options = Record<string, string>;
const local = (options: Options) => backendOf({ driver: 'local', options });

t.test('what a volume stands on is read from its options', (t) => {
  t.same(local({}), {
    type: 'plain',
    fileSystem: null,
    server: null,
    path: null,
    device: null,
    options: [],
    remarks: [],
  });
  t.match(local({ size: '10G' }), { type: 'plain', options: ['size=10G'] });
  t.same(local({ type: 'nfs', device: ':/export', o: 'addr=10.0.0.1,rw,noatime' }), {
    type: 'nfs',
    fileSystem: 'nfs',
    server: '10.0.0.1',
    path: '/export',
    device: ':/export',
    options: ['addr=10.0.0.1', 'rw', 'noatime'],
    remarks: [],
  });
  t.match(local({ type: 'nfs4', device: 'nas:/export', o: 'addr=10.0.0.1' }), {
    type: 'nfs',
    server: 'nas',
    path: '/export',
  });
  t.match(local({ type: 'cifs', device: '//nas/share/sub' }), { type: 'cifs', server: 'nas', path: '/share/sub' });
  t.match(local({ type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }), {
    type: 'tmpfs',
    server: null,
    options: ['size=1m'],
  });
  t.match(local({ type: 'none', device: '/srv', o: 'bind' }), { type: 'bind', server: null, path: '/srv' });
  t.match(local({ type: 'ext4', device: '/dev/sdb1' }), { type: 'block', fileSystem: 'ext4', device: '/dev/sdb1' });
  t.match(local({ type: 'ceph', device: 'a,b:6789:/x', o: 'name=admin' }), {
    type: 'ceph',
    server: 'a,b:6789',
    path: '/x',
  });
  t.match(local({ type: 'ceph', device: ':/x', o: 'mon_addr=c' }), { type: 'ceph', server: 'c', path: '/x' });
  t.match(local({ type: 'glusterfs', device: 'g1:/shop' }), { type: 'glusterfs', server: 'g1', path: '/shop' });
  t.match(backendOf({ driver: 'rexray/ebs', options: { size: '10' } }), {
    type: 'driver',
    options: ['size=10'],
    device: null,
  });
  t.end();
});

t.test('options that somebody else has given are read as far as they can be', (t) => {
  t.match(local({ type: 'nsf', device: 'x', o: 'y' }), {
    type: 'other',
    fileSystem: 'nsf',
    device: 'x',
    server: null,
    options: ['y'],
  });
  t.match(local({ o: 'noatime' }), { type: 'plain' });
  t.match(local({ type: 'nfs' }), { type: 'nfs', device: null, path: null, server: null });
  t.match(local({ device: '/srv', o: 'bind' }), { type: 'bind', path: '/srv', fileSystem: null });
  t.end();
});

t.test('secrets are left out, files that hold them are named', (t) => {
  const options = {
    type: 'cifs',
    device: '//me:word@nas/s',
    o: 'username=me,password=topsecret,pass=,credentials=/etc/nas',
  };
  t.same(shownOptions(options).o, 'username=me,password=…,pass=…,credentials=/etc/nas');
  t.notMatch(JSON.stringify([local(options), shownOptions(options)]), /topsecret|word@/);
  t.match(local(options).remarks, [
    /"credentials" is read by the program mount.cifs/,
    /A secret stands in the options/,
  ]);
  const ebs = {
    accessKey: 'AKIA',
    'secret-key': 'abc',
    token: 'tok',
    keyfile: '/k',
    encryption: 'true',
    volumeType: 'gp2',
  };
  t.same(shownOptions(ebs), { ...ebs, accessKey: '…', 'secret-key': '…', token: '…' });
  t.match(local({ type: 'ceph', device: 'm:/', o: 'name=a,secret=AQ==,secretfile=/s' }).options, [
    'name=a',
    'secret=…',
    'secretfile=/s',
  ]);
  t.equal(withoutSecrets('mount -o password=topsecret failed', options), 'mount -o password=… failed');
  t.end();
});

t.test('options without effect are told', (t) => {
  const bind = (o: string) => local({ type: 'none', device: '/srv', o }).remarks;
  t.same(bind('bind,rw,rslave'), []);
  t.match(bind('bind,noatime,async'), [/"noatime" has no effect.*not "ro"/, /"async" has no effect/]);
  t.same(bind('bind,ro,noatime'), []);
  t.match(local({ type: 'glusterfs', device: 'g:/x' }).remarks, [/no file system "glusterfs"/]);
  t.end();
});
