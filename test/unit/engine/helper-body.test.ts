import t from 'tap';
import type { HelperSpec } from '../../../src/engine/helper.ts';
import { helperBody } from '../../../src/engine/helper-body.ts';

const spec: HelperSpec = {
  name: 'stowage-1-backup',
  labels: { 'stowage.job': '1' },
  command: ['restic', 'backup'],
  environment: { HOME: '/tmp' },
  mounts: [
    { type: 'volume', source: 'data', target: '/data', readOnly: true },
    { type: 'bind', source: '/srv/repository', target: '/repository', readOnly: false },
  ],
  capabilities: ['DAC_READ_SEARCH'],
  network: null,
  secrets: true,
};

t.test('a helper can do no more than its work', (t) => {
  const { HostConfig, Labels } = helperBody(spec, 'image', 'installation');
  t.match(HostConfig, {
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    CapAdd: ['DAC_READ_SEARCH'],
    SecurityOpt: ['no-new-privileges'],
    NetworkMode: 'none',
    AutoRemove: false,
    RestartPolicy: { Name: 'no' },
  });
  t.match(HostConfig?.Tmpfs?.['/run/stowage'], /noexec,nosuid,nodev,mode=0700,size=/);
  t.match(Labels, { 'stowage.installation': 'installation', 'stowage.job': '1' });
  t.end();
});

t.test('a volume that Docker makes for a mount can be told from the one that was meant', (t) => {
  const [volume, bind] = helperBody(spec, 'image', 'installation').HostConfig?.Mounts ?? [];
  t.match(volume?.VolumeOptions, { NoCopy: true, Labels: { 'stowage.phantom': 'stowage-1-backup' } });
  t.match(bind, { Type: 'bind', Source: '/srv/repository', ReadOnly: false, BindOptions: { Propagation: 'rprivate' } });
  t.end();
});

t.test('who looks at files of the host sees its users and labels as they are', (t) => {
  const root = { type: 'bind', source: '/', target: '/host', readOnly: true } as const;
  const { HostConfig } = helperBody({ ...spec, hostFiles: true, mounts: [root] }, 'image', 'i');
  t.match(HostConfig, { UsernsMode: 'host', SecurityOpt: ['no-new-privileges', 'label=disable'] });
  t.same(HostConfig?.Mounts, [{ Type: 'bind', Source: '/', Target: '/host', ReadOnly: true, BindOptions: {} }]);
  t.notOk('UsernsMode' in (helperBody(spec, 'image', 'i').HostConfig ?? {}));
  t.end();
});

t.test('a bind that is to stand alone brings nothing that is mounted below it', (t) => {
  const bindOf = (more: object) => {
    const mounts = [{ type: 'bind' as const, source: '/srv', target: '/srv', readOnly: true, ...more }];
    return helperBody({ ...spec, mounts }, 'image', 'installation').HostConfig?.Mounts?.[0]?.BindOptions;
  };
  t.same(bindOf({}), { Propagation: 'rprivate' });
  t.same(bindOf({ alone: true }), { Propagation: 'rprivate', NonRecursive: true });
  t.same(bindOf({ ofEngine: true, alone: true }), { NonRecursive: true });
  t.end();
});

t.test('the log is bounded whatever the driver of the engine is; a stream of data leaves none', (t) => {
  t.match(helperBody(spec, 'image', 'i').HostConfig?.LogConfig, { Type: 'json-file', Config: { 'max-size': '8m' } });
  t.match(helperBody({ ...spec, streamed: true }, 'image', 'i').HostConfig?.LogConfig, { Type: 'none' });
  t.end();
});

t.test('the standard input is open only for secrets', (t) => {
  t.match(helperBody(spec, 'image', 'i'), { OpenStdin: true, StdinOnce: true, AttachStdin: true, Tty: false });
  t.match(helperBody({ ...spec, secrets: false }, 'image', 'i'), {
    OpenStdin: false,
    StdinOnce: false,
    AttachStdin: false,
  });
  t.end();
});
