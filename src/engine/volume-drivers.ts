import type { Connection } from './connection.ts';
import { patience } from './connection.ts';
import { exceptStatus } from './except-status.ts';

const capability = 'docker.volumedriver/';

/**
 * The drivers that volumes can be used with now. `GET /info` names those of the engine itself and those that a socket on
 * the host speaks for; plugins that the engine keeps stand in a list of their own, also while they are switched off.
 */
export async function readVolumeDrivers({ docker, ask }: Connection): Promise<string[]> {
  const readSystem: (options: { abortSignal: AbortSignal }) => ReturnType<typeof docker.info> =
    docker.info.bind(docker);
  const [info, plugins = []] = await ask(patience.question, (abortSignal) =>
    Promise.all([
      readSystem({ abortSignal }),
      // An engine without plugins of its own.
      docker.listPlugins({ abortSignal }).catch(exceptStatus(404)),
    ]),
  );
  const switchedOn = plugins.filter(({ Enabled, Config }) => Enabled && Config.Interface.Types.some(isVolumeDriver));
  return [...(info.Plugins?.Volume ?? []), ...switchedOn.map(({ Name }) => Name)];
}

/** The engine writes a type as one word; its own description of the API as an object. */
function isVolumeDriver(type: unknown): boolean {
  return typeof type === 'string' && type.startsWith(capability);
}
