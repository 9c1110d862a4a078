import type { AdmittedContext } from '../context.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineVolume, VolumeSpec } from '../engine/engine-objects.ts';
import { fail, isFailure } from '../errors.ts';
import { attributesOf } from '../hosts/read.ts';
import { requireHostReach } from './host-reach.ts';
import type { DataClass, Volume } from './model.ts';
import { requireVolumeName } from './naming.ts';
import { requireFittingName } from './naming-styles.ts';
import { newLabels, onceLabel } from './new-labels.ts';
import { requireUsableOptions } from './options/check-options.ts';
import { withoutSecrets } from './options/mount-words.ts';
import { refreshVolume, volumeTarget } from './read.ts';
import { showVolume } from './show-volume.ts';
import { findVolume } from './store.ts';

export interface NewVolume {
  readonly host: string;
  readonly name: string;
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly project?: string;
  readonly environment?: string;
  readonly class?: DataClass;
}

/**
 * Creates a volume. A call that is repeated after a crash finds the volume it made the first time. Throws
 * `forbidden`, `volume_name_invalid`, `volume_name_refused`, `volume_exists`, `volume_options_invalid`, `folder_not_allowed`
 * and `host_unavailable`.
 */
export async function create({ ports, actor, onceId }: AdmittedContext, input: NewVolume): Promise<Volume> {
  const { host, name, driver = 'local', options = {} } = input;
  requireVolumeName(name);
  requireHostReach(actor, { driver, options });
  requireUsableOptions({ driver, options }, ports.config.allowedRoots);
  const labels = newLabels(input);
  requireFittingName({ name, labels, ...attributesOf(labels) }, ports.config.naming);
  const spec = { name, driver, options: { ...options }, labels: { ...labels, [onceLabel]: onceId } };
  const engine = ports.engines.get(host);
  const made = (await engine.findVolume(name)) ?? (await make(engine, spec));
  if (made.labels[onceLabel] !== onceId)
    throw fail('volume_exists', `Volume "${name}" exists already on host "${host}"; choose another name.`);
  await refreshVolume(ports, host, name);
  const volume = await findVolume(ports.db, host, name);
  if (volume === null) throw volumeTarget.absent({ host, name });
  return showVolume(volume, ports.config.naming);
}

async function make(engine: Engine, spec: VolumeSpec): Promise<EngineVolume> {
  try {
    return await engine.createVolume(spec);
  } catch (error) {
    if (!isFailure(error, 'volume_options_invalid')) throw error;
    await removeRemains(engine, spec);
    // A driver may repeat what it was given.
    throw fail('volume_options_invalid', withoutSecrets(error.message, spec.options));
  }
}

/** Some drivers keep the name of a volume that they refused to make. */
async function removeRemains(engine: Engine, { name, labels }: VolumeSpec): Promise<void> {
  const remains = await engine.findVolume(name);
  if (remains?.labels[onceLabel] === labels[onceLabel]) await engine.removeVolume(name);
}
