import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import { type ForeignImage, type HelperSpec, helperHostname, helperLabels } from './helper.ts';
import { mountSettings } from './helper-body.ts';

/** Where it may write, and keeps its socket. */
export const serverRoom = '/run/stowage';

/** It runs a server and what asks it, and no more. */
const mostProcesses = 1024;

/**
 * What the engine is told to create for a program of another image: by its own command instead of the image's, as root without what root
 * may do but to become somebody else, without network, with no more memory than is given. It has the labels of a helper,
 * so that whatever removes helpers removes it.
 */
export function serverBody(
  spec: HelperSpec,
  { image, volumes, memoryBytes }: ForeignImage,
  installation: string,
): ContainerCreateOptions {
  const [program = 'true', ...words] = spec.command;
  return {
    name: spec.name,
    Image: image,
    Hostname: helperHostname(installation),
    User: '0:0',
    Entrypoint: [program],
    Cmd: words,
    WorkingDir: '/',
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { ...spec.labels, [helperLabels.installation]: installation },
    // The image's own would run beside it.
    Healthcheck: { Test: ['NONE'] },
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    HostConfig: {
      AutoRemove: false,
      RestartPolicy: { Name: 'no' },
      NetworkMode: 'none',
      Memory: memoryBytes,
      MemorySwap: memoryBytes,
      PidsLimit: mostProcesses,
      CapDrop: ['ALL'],
      CapAdd: [...spec.capabilities],
      SecurityOpt: ['no-new-privileges'],
      Tmpfs: { [serverRoom]: 'rw,nosuid,nodev,mode=1777,size=64m' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '8m', 'max-file': '2' } },
      Mounts: [...spec.mounts.map((mount) => mountSettings(mount, spec.name)), ...covers(spec, volumes)],
    },
  };
}

/** The engine makes a volume for whatever the image declares and nothing is mounted at. */
function covers({ mounts }: HelperSpec, volumes: readonly string[]): MountSettings[] {
  const taken = new Set([serverRoom, ...mounts.map(({ target }) => clean(target))]);
  return [...new Set(volumes.map(clean))]
    .filter((target) => !taken.has(target))
    .map((target) => ({ Type: 'tmpfs', Source: '', Target: target }));
}

function clean(path: string): string {
  return path.replace(/(.)\/+$/, '$1');
}
