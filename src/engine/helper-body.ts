import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import { type HelperMount, type HelperSpec, helperHostname, helperLabels, phantomLabel } from './helper.ts';

const confined = 'rw,noexec,nosuid,nodev,mode=0700';

/** Parent of the mounted volumes: restic writes owner and mode of a volume's parent folders back too, which the read-only root would refuse. */
const volumesAt = '/volumes';

/** The smallest shares that the kernel knows. The weight of the disk is no hard limit: it counts only while others want it. */
const leastShare = { CpuShares: 2, BlkioWeight: 10 };

/** What the engine is told to create: a container that can do no more than its work, with a log of bounded size. */
export function helperBody(spec: HelperSpec, image: string, installation: string): ContainerCreateOptions {
  return {
    name: spec.name,
    Image: image,
    Hostname: helperHostname(installation),
    User: '0:0',
    Cmd: [...spec.command],
    Env: Object.entries(environmentOf(spec)).map(([name, value]) => `${name}=${value}`),
    Labels: { ...spec.labels, [helperLabels.installation]: installation },
    AttachStdin: spec.secrets,
    OpenStdin: spec.secrets,
    StdinOnce: spec.secrets,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    HostConfig: {
      AutoRemove: false,
      RestartPolicy: { Name: 'no' },
      ReadonlyRootfs: true,
      Tmpfs: {
        '/tmp': `${confined},size=1g`,
        '/run/stowage': `${confined},size=4m`,
        [volumesAt]: `${confined},size=4m`,
        ...(spec.scratch === undefined ? {} : { [spec.scratch.target]: `${confined},size=${spec.scratch.bytes}` }),
      },
      CapDrop: ['ALL'],
      CapAdd: [...spec.capabilities],
      SecurityOpt: ['no-new-privileges', ...(spec.hostFiles === true ? ['label=disable'] : [])],
      ...(spec.hostFiles === true ? { UsernsMode: 'host' } : {}),
      NetworkMode: spec.network ?? 'none',
      ...(spec.hostProcesses === true ? { PidMode: 'host' } : {}),
      ...(spec.lowPriority === true ? leastShare : {}),
      LogConfig:
        spec.streamed === true
          ? { Type: 'none', Config: {} }
          : { Type: 'json-file', Config: { 'max-size': '8m', 'max-file': '2' } },
      Mounts: spec.mounts.map((mount) => mountSettings(mount, spec.name)),
    },
  };
}

/** What helper/entrypoint.sh is told, besides the command's own variables. */
function environmentOf({ environment, secrets, streamed = false }: HelperSpec): Record<string, string> {
  return {
    ...environment,
    ...(secrets ? { STOWAGE_SECRETS: 'stdin' } : {}),
    ...(streamed ? { STOWAGE_OUTPUT: 'data' } : {}),
  };
}

/** A mount in the words of the engine. */
export function mountSettings(
  { type, source, target, readOnly, ofEngine = false, alone = false, subpath }: HelperMount,
  helper: string,
): MountSettings {
  const mount = { Type: type, Source: source, Target: target, ReadOnly: readOnly };
  if (type === 'bind') return { ...mount, BindOptions: bindOptions(ofEngine || source === '/', alone) };
  // The label goes to a volume that does not exist yet: it tells one that Docker has just made from the one that was meant.
  const part = subpath === undefined ? {} : { Subpath: subpath };
  const options = { NoCopy: true, Labels: { [phantomLabel]: helper }, ...part };
  return { ...mount, VolumeOptions: { ...options, DriverConfig: { Name: '', Options: {} } } };
}

/**
 * What holds the engine's own folder, or lies below it, must not be bound privately; left to itself the engine takes
 * `rslave` where it can.
 */
function bindOptions(isEngines: boolean, alone: boolean): MountSettings['BindOptions'] {
  const options = { ...(isEngines ? {} : { Propagation: 'rprivate' }), ...(alone ? { NonRecursive: true } : {}) };
  return options as MountSettings['BindOptions'];
}
