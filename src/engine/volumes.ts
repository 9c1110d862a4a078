import type { VolumeInspectInfo } from 'dockerode';
import { fail } from '../errors.ts';
import { type Connection, patience } from './connection.ts';
import type { Engine } from './engine.ts';
import type { EngineVolume } from './engine-objects.ts';
import { exceptStatus } from './except-status.ts';
import { objectPath } from './object-path.ts';

type VolumeCalls = Pick<Engine, 'listVolumes' | 'findVolume' | 'createVolume' | 'removeVolume'>;

// The status of a driver's refusal depends on the driver: one that is unknown answers 404, the others 400 or 500.
const refusalsOfCreate = {
  400: 'volume_options_invalid',
  404: 'volume_options_invalid',
  409: 'volume_exists',
  500: 'volume_options_invalid',
} as const;
const refusalsOfRemove = { 404: 'volume_not_found', 409: 'volume_in_use' } as const;

/** The part of an engine that is about volumes. */
export function volumeCalls({ docker, ask }: Connection): VolumeCalls {
  const handle = (name: string) => docker.getVolume(objectPath(name));

  return {
    async listVolumes() {
      const { Volumes } = await ask(patience.question, (abortSignal) => docker.listVolumes({ abortSignal }));
      return (Volumes ?? []).map(toVolume);
    },

    async findVolume(name) {
      const found = await ask(patience.question, (abortSignal) =>
        handle(name).inspect({ abortSignal }).catch(requireDriver(name)).catch(exceptStatus(404)),
      );
      return found === undefined ? null : toVolume(found);
    },

    async createVolume({ name, driver, options, labels }) {
      const body = { Name: name, Driver: driver, DriverOpts: options, Labels: labels };
      await ask(patience.change, (abortSignal) => docker.createVolume({ ...body, abortSignal }), refusalsOfCreate);
      const created = await ask(
        patience.question,
        (abortSignal) => handle(name).inspect({ abortSignal }),
        refusalsOfRemove,
      );
      return toVolume(created);
    },

    async removeVolume(name) {
      await ask(patience.lengthy, (abortSignal) => handle(name).remove({ abortSignal }), refusalsOfRemove);
    },
  };
}

/** An engine answers for a volume whose plugin is switched off or gone with a status that others have as well. */
function requireDriver(name: string) {
  return (error: unknown): never => {
    const [, driver] = /error looking up volume plugin (\S+):/.exec(error instanceof Error ? error.message : '') ?? [];
    if (driver === undefined) throw error;
    throw fail('volume_driver_missing', {
      detail: `The driver "${driver}" of volume "${name}" is switched off or gone: \`docker plugin enable ${driver}\`, or install it again.`,
      cause: error,
    });
  };
}

function toVolume(volume: VolumeInspectInfo & { CreatedAt?: string }): EngineVolume {
  return {
    name: volume.Name,
    driver: volume.Driver,
    scope: volume.Scope,
    mountpoint: volume.Mountpoint,
    options: volume.Options ?? {},
    labels: volume.Labels ?? {},
    createdAt: timeOf(volume.CreatedAt),
  };
}

/** Null where a plugin tells none: the engine gives the zero of Go then, in the year 1. */
function timeOf(text: string | undefined): Date | null {
  const time = text === undefined || text === '' ? null : new Date(text);
  return time === null || time.getTime() <= 0 ? null : time;
}
