import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { groundOfTests } from '../ground-environment.ts';
import { debianRoot, freePort, startInRoot, type TestServer } from './debian-root.ts';

export interface S3Server extends TestServer {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A bucket that is there. */
  readonly bucket: string;
}

const keys = { accessKeyId: 'AKSTOWAGE', secretAccessKey: 'a-secret-of-s3' };
const bucket = 'stowage-backups';

/** Starts a Ceph object gateway over one storage daemon in memory, with a user and a bucket. Takes about 15 seconds. */
export async function startS3Server(t: Test): Promise<S3Server> {
  const root = await debianRoot('radosgw', ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common', 'curl', 'openssl']);
  const ports = { monitor: await freePort(), monitorV1: await freePort(), port: await freePort() };
  const data = await mkdtemp(join(groundOfTests().folder, 's3-'));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  const { port } = ports;
  const { stop } = await startInRoot(t, { root, script: scriptOf(ports), data, port, marker: 'ready', seconds: 90 });
  return { endpoint: `http://127.0.0.1:${port}`, ...keys, bucket, stop };
}

interface Ports {
  readonly monitor: number;
  readonly monitorV1: number;
  readonly port: number;
}

/** The gateway insists on cephx. */
function scriptOf({ monitor, monitorV1, port }: Ports): string {
  return `
cd /data
fsid=$(cat /proc/sys/kernel/random/uuid)
cat > ceph.conf <<END
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:${monitor},v1:127.0.0.1:${monitorV1}]
mon initial members = a
keyring = /data/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
admin socket = /run/ceph/\\$cluster-\\$name-\\$pid.asok
log file = /data/\\$name.log
pid file = /run/ceph/\\$name.pid
mon data = /data/mon
osd data = /data/osd
osd objectstore = memstore
memstore device bytes = 1073741824
rgw data = /data/rgw
END
mkdir -p mon osd rgw /run/ceph
export CEPH_CONF=/data/ceph.conf
ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *'
ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
ceph-authtool keyring --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
monmaptool --create --fsid $fsid --addv a '[v2:127.0.0.1:${monitor},v1:127.0.0.1:${monitorV1}]' monmap
ceph-mon --mkfs -i a --monmap monmap --keyring keyring
ceph-mon -i a
ceph osd create
ceph-osd -i 0 --mkfs --osd-uuid $(cat /proc/sys/kernel/random/uuid)
ceph auth import -i keyring
ceph-osd -i 0
until ceph osd stat | grep -q '1 up'; do sleep 0.2; done
radosgw -n client.admin --rgw-frontends='beast endpoint=127.0.0.1:${port}'
radosgw-admin user create --uid=stowage --display-name=stowage --access-key=${keys.accessKeyId} --secret-key=${keys.secretAccessKey} > /dev/null
until curl -fs -m 2 http://127.0.0.1:${port} > /dev/null; do sleep 0.2; done
curl -fs -m 30 -X PUT --aws-sigv4 aws:amz:default:s3 -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -H 'content-length: 0' --user ${keys.accessKeyId}:${keys.secretAccessKey} http://127.0.0.1:${port}/${bucket}
touch ready
exec sleep infinity
`;
}
