import type { AdvisedType, MountAdvice, MountPurpose } from './advice-model.ts';
import { type Counsel, counsels } from './advice-table.ts';
import { findBuiltIn } from './presets.ts';
import { specificationOf, type WantedMount } from './specification.ts';

/** For what advice is asked, and what of the mount is settled already. */
export interface AdviceWish {
  readonly purpose: MountPurpose;
  readonly target?: string;
  /** Of the volume. */
  readonly name?: string;
  /** Folder on the host. */
  readonly source?: string;
  readonly readOnly?: boolean;
}

/** Which mount suits a purpose. */
export function adviseMount(wish: AdviceWish): MountAdvice {
  const counsel = counsels[wish.purpose];
  const { type, reason } = choose(counsel, wish);
  const readOnly = wish.readOnly ?? counsel.readOnly;
  const wanted = wantedMount(counsel, type, { ...wish, readOnly });
  return {
    purpose: wish.purpose,
    type,
    reason,
    dataClass: counsel.dataClass,
    readOnly,
    preset: type === 'tmpfs' ? counsel.preset : null,
    specification: specificationOf(wanted),
    warnings: [...counsel.warnings, ...warningsOf(counsel, wanted, wish)],
  };
}

function choose(
  { type, reason, alternative }: Counsel,
  { name, source }: AdviceWish,
): Pick<Counsel, 'type' | 'reason'> {
  const isNamed = alternative?.type === 'bind' ? source !== undefined && name === undefined : name !== undefined;
  return alternative !== null && isNamed ? alternative : { type, reason };
}

function wantedMount(counsel: Counsel, type: AdvisedType, wish: AdviceWish & { readOnly: boolean }): WantedMount {
  const { readOnly, target = counsel.target } = wish;
  if (type === 'volume') return { type, name: wish.name ?? counsel.name, target, readOnly };
  if (type === 'bind') return { type, source: wish.source ?? counsel.source, target, readOnly };
  const preset = findBuiltIn(counsel.preset);
  if (preset === null) throw new Error(`There is no preset "${counsel.preset}".`);
  return { type, target, readOnly, ...preset };
}

function warningsOf(counsel: Counsel, wanted: WantedMount, wish: AdviceWish): string[] {
  const { type, readOnly } = wanted;
  const isVolatile = type === 'tmpfs' || (type === 'volume' && wanted.name === null);
  const hasColon = type === 'bind' && wanted.source.includes(':');
  const said: readonly (readonly [boolean, string])[] = [
    [readOnly && isVolatile, 'It is empty at each start, so nobody could use it read-only.'],
    [
      readOnly && !counsel.readOnly && !isVolatile,
      'The application cannot write there: it must be able to do without.',
    ],
    [
      !readOnly && counsel.readOnly,
      'A container that is broken into can change its own configuration for the next start.',
    ],
    [type !== 'bind' && wish.source !== undefined, `"${wish.source}" is not used: a ${type} suits better than a bind.`],
    [type !== 'volume' && wish.name !== undefined, `"${wish.name}" is not used: a ${type} suits better than a volume.`],
    [
      type === 'bind' && wish.source === undefined,
      'Give the folder of the host as `source`: the one shown is an example.',
    ],
    [type === 'bind', 'The folder must be there: `-v` makes a missing one for root, `--mount` and Compose refuse it.'],
    [
      type === 'volume' && wish.name === undefined && counsel.name !== null,
      `Give the volume a name of its own as \`name\`: "${counsel.name}" is an example.`,
    ],
    [
      type === 'volume' && wanted.name === null,
      'Start the container with `--rm`, or remove it with `-v`: else the anonymous volume stays behind.',
    ],
    [hasColon, 'A path with a colon cannot be written with `-v`; take `--mount`.'],
    [type === 'tmpfs', 'What it holds counts as memory of the container, up to its size.'],
  ];
  return said.flatMap(([isSo, text]) => (isSo ? [text] : []));
}
