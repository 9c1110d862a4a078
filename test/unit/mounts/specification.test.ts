import t from 'tap';
import { parse } from 'yaml';
import { specificationOf, type TmpfsSettings } from '../../../src/mounts/specification.ts';

const flags: TmpfsSettings = { sizeBytes: 50 * 2 ** 20, noexec: true, nosuid: true, nodev: true, mode: null };
const tmpfs = (more: Partial<TmpfsSettings>, readOnly = false) =>
  specificationOf({ type: 'tmpfs', target: '/tmp', readOnly, ...flags, ...more });

t.test('a volume in every form', async (t) => {
  const { compose, ...forms } = specificationOf({ type: 'volume', name: 'shop-db', target: '/data', readOnly: true });
  t.same(forms, {
    volume: 'shop-db:/data:ro',
    tmpfs: null,
    mount: 'type=volume,source=shop-db,target=/data,readonly',
  });
  t.same(parse(compose), {
    services: { app: { volumes: [{ type: 'volume', source: 'shop-db', target: '/data', read_only: true }] } },
    volumes: { 'shop-db': { name: 'shop-db' } },
  });
});

t.test('an anonymous volume has no source, and no short form that is read-only', async (t) => {
  const anonymous = { type: 'volume', name: null, target: '/cache' } as const;
  t.match(specificationOf({ ...anonymous, readOnly: false }), { volume: '/cache', mount: 'type=volume,target=/cache' });
  t.equal(specificationOf({ ...anonymous, readOnly: true }).volume, null);
  t.same(parse(specificationOf({ ...anonymous, readOnly: false }).compose), {
    services: { app: { volumes: [{ type: 'volume', target: '/cache' }] } },
  });
});

t.test('what means something to CSV, YAML or Compose is taken for itself', async (t) => {
  const cases = [
    ['/a,b', '"source=/a,b"', '/a,b'],
    ['/q"uo"te', '"source=/q""uo""te"', '/q"uo"te'],
    ['/sp ace', 'source=/sp ace', '/sp ace'],
    ['/$HOME/$$', 'source=/$HOME/$$', '/$$HOME/$$$$'],
    ["/it's #1 - [x]: {y}", "source=/it's #1 - [x]: {y}", "/it's #1 - [x]: {y}"],
    ['/ünï💥', 'source=/ünï💥', '/ünï💥'],
  ] as const;
  for (const [source, field, inCompose] of cases) {
    const { mount, compose, volume } = specificationOf({ type: 'bind', source, target: '/x', readOnly: false });
    t.equal(mount, `type=bind,${field},target=/x`);
    t.same(parse(compose).services.app.volumes, [
      { type: 'bind', source: inCompose, target: '/x', bind: { create_host_path: false } },
    ]);
    t.equal(volume, source.includes(':') ? null : `${source}:/x`);
  }
});

t.test('a tmpfs says its size and every flag', async (t) => {
  t.match(tmpfs({}), {
    volume: null,
    tmpfs: '/tmp:rw,noexec,nosuid,nodev,size=50m',
    mount: 'type=tmpfs,target=/tmp,tmpfs-size=50m',
  });
  t.match(tmpfs({ mode: '1770' }, true), {
    tmpfs: '/tmp:ro,noexec,nosuid,nodev,size=50m,mode=1770',
    mount: 'type=tmpfs,target=/tmp,tmpfs-size=50m,tmpfs-mode=1770,readonly',
  });
  t.match(tmpfs({ noexec: false }), { tmpfs: '/tmp:rw,exec,nosuid,nodev,size=50m', mount: null });
  t.match(tmpfs({ nosuid: false, nodev: false }), { tmpfs: '/tmp:rw,noexec,suid,dev,size=50m', mount: null });
  t.same(parse(tmpfs({}).compose), { services: { app: { tmpfs: ['/tmp:rw,noexec,nosuid,nodev,size=50m'] } } });
  const sizes = { 4096: '4k', 1048577: '1048577', 1048576: '1m', 3221225472: '3g' };
  for (const [sizeBytes, word] of Object.entries(sizes))
    t.match(tmpfs({ sizeBytes: Number(sizeBytes) }).mount, new RegExp(`tmpfs-size=${word}$`));
});
