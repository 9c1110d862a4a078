import type { MountFacts } from '../findings/facts.ts';
import { propagations, relabeled } from './bind-spec.ts';
import { dockerField, flag, isGiven, misfit, type Part, quoted, text, textMap } from './document-part.ts';
import { sourcePath, subpathOf, targetPath } from './mount-paths.ts';
import { defaultDriver, type MountWish, plainMount } from './proposal.ts';
import { readTmpfsMount } from './tmpfs-spec.ts';
import { requireVolumeSource } from './volume-source.ts';

/** The types of mounts, each with the options that belong to it. */
const optionsOf: Readonly<Record<string, string>> = {
  bind: 'BindOptions',
  volume: 'VolumeOptions',
  tmpfs: 'TmpfsOptions',
  image: 'ImageOptions',
};

/** An entry of `Mounts`, as Docker reads it. Throws where Docker refuses it. */
export function readMount(part: Part): MountWish {
  const type = dockerField(part, 'Type');
  const target = text(dockerField(part, 'Target'));
  text(dockerField(part, 'Consistency'));
  if (target === '')
    throw misfit(dockerField(part, 'Target'), 'The mount has no target; give its path in the container.');
  const kind = text(type);
  refuseForeignOptions(part, kind);
  switch (kind) {
    case 'bind':
      return readHostPath(part, target);
    case 'volume':
      return readVolume(part, target);
    case 'tmpfs':
      return readTmpfsMount(part, target);
    case 'image':
      return readImage(part, target);
    case 'cluster':
    case 'npipe':
      throw misfit(type, `Containers of a Linux host have no mounts of the type "${kind}".`);
    default:
      throw misfit(type, `${quoted(kind)} is no type of a mount; there are bind, volume, tmpfs and image.`);
  }
}

function refuseForeignOptions(part: Part, kind: string): void {
  for (const [type, name] of Object.entries(optionsOf)) {
    const options = dockerField(part, name);
    const isForeign = type !== kind && isGiven(options) && type !== 'tmpfs' && type !== 'image';
    if (isForeign) throw misfit(options, `${name} are for mounts of the type "${type}", not "${kind}".`);
  }
}

function readHostPath(part: Part, target: string): MountWish {
  const source = dockerField(part, 'Source');
  const options = dockerField(part, 'BindOptions');
  const propagation = dockerField(options, 'Propagation');
  for (const name of ['NonRecursive', 'CreateMountpoint', 'ReadOnlyNonRecursive', 'ReadOnlyForceRecursive'])
    flag(dockerField(options, name));
  if (text(source) === '') throw misfit(source, 'A bind has a source: the path on the host.');
  const word = text(propagation);
  if (word !== '' && !propagations.includes(word))
    throw misfit(propagation, `${quoted(word)} is no propagation; there are ${propagations.join(', ')}.`);
  const mount: MountFacts = {
    ...plainMount('bind', targetPath(dockerField(part, 'Target'), target)),
    source: sourcePath(source, text(source)),
    readOnly: flag(dockerField(part, 'ReadOnly')),
    propagation: word,
  };
  return { mount, volume: null };
}

function readVolume(part: Part, target: string): MountWish {
  const source = dockerField(part, 'Source');
  const name = text(source);
  const options = dockerField(part, 'VolumeOptions');
  const config = dockerField(options, 'DriverConfig');
  const driver = text(dockerField(config, 'Name')) || defaultDriver;
  const wish = {
    driver,
    options: textMap(dockerField(config, 'Options')),
    labels: textMap(dockerField(options, 'Labels')),
  };
  const readOnly = flag(dockerField(part, 'ReadOnly'));
  const subpath = dockerField(options, 'Subpath');
  if (name === '' && readOnly)
    throw misfit(
      dockerField(part, 'ReadOnly'),
      'An anonymous volume cannot be read-only: nothing would ever be in it.',
    );
  if (name === '' && text(subpath) !== '') throw misfit(subpath, 'An anonymous volume has no folders to mount.');
  if (name !== '') requireVolumeSource(source, name, driver);
  const mount: MountFacts = {
    ...plainMount('volume', targetPath(dockerField(part, 'Target'), target)),
    volume: name,
    driver,
    readOnly,
    selinux: relabeled(driver),
    noCopy: flag(dockerField(options, 'NoCopy')),
    subpath: text(subpath) === '' ? null : subpathOf(subpath, text(subpath)),
  };
  return { mount, volume: name === '' ? null : wish };
}

function readImage(part: Part, target: string): MountWish {
  const source = dockerField(part, 'Source');
  if (text(source) === '') throw misfit(source, 'A mount of an image has a source: the name of the image.');
  text(dockerField(dockerField(part, 'ImageOptions'), 'Subpath'));
  const mount = { ...plainMount('image', targetPath(dockerField(part, 'Target'), target)), source: text(source) };
  return { mount: { ...mount, readOnly: flag(dockerField(part, 'ReadOnly')) }, volume: null };
}
