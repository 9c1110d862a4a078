import { Bytes, DateTime, nullable, object, page, type Static, T, Version } from '../schema.ts';
import { MountSpecification } from './specification-model.ts';

export const MountPresetName = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-z0-9][a-z0-9_.-]*$',
  description: 'Name of a mount preset.',
});

/** What a preset of one's own is made of. */
export const presetFields = {
  description: T.String({ maxLength: 256, description: 'What it is for.' }),
  sizeBytes: T.Integer({
    minimum: 4096,
    maximum: Number.MAX_SAFE_INTEGER,
    format: 'int64',
    'x-gql': 'Bytes',
    description: 'Most that it may hold.',
  }),
  noexec: T.Boolean({ description: 'Whether programs in it cannot be run.' }),
  nosuid: T.Boolean({ description: 'Whether programs in it cannot take the rights of their owner.' }),
  nodev: T.Boolean({ description: 'Whether devices in it are none.' }),
};

export const PresetMode = T.String({
  pattern: '^[0-7]{3,4}$',
  description: 'Permission bits of its root in octal digits, such as `1777`, which is what Docker takes else.',
  examples: ['1777'],
});

export const MountPreset = object(
  {
    name: T.String(),
    ...presetFields,
    sizeBytes: Bytes,
    mode: nullable(PresetMode),
    isBuiltIn: T.Boolean({ description: 'Every installation has it; it can be neither changed nor deleted.' }),
    createdBy: nullable(T.String()),
    createdAt: nullable(DateTime),
    specification: MountSpecification,
    version: Version,
  },
  { $id: 'MountPreset', description: 'Settings of a tmpfs under a name, with what Docker is told for a target.' },
);
export type MountPreset = Static<typeof MountPreset>;
export const MountPresetPage = page(MountPreset, 'MountPreset');
