import { nullable, object, type Static, T, words } from '../schema.ts';
import { DataClass } from '../volumes/model.ts';
import { MountSpecification } from './specification-model.ts';

export const MountPurpose = words(
  'MountPurpose',
  [
    'database',
    'uploads',
    'configuration',
    'source_code',
    'logs',
    'cache',
    'temporary',
    'secret',
    'build_cache',
    'shared',
    'backup',
  ],
  'What a container has a mount for.',
);
export type MountPurpose = Static<typeof MountPurpose>;

const AdvisedType = words('AdvisedMountType', ['volume', 'bind', 'tmpfs'], 'Type of mount that suits a purpose.');
export type AdvisedType = Static<typeof AdvisedType>;

export const MountAdvice = object(
  {
    purpose: MountPurpose,
    type: AdvisedType,
    reason: T.String(),
    dataClass: DataClass,
    readOnly: T.Boolean(),
    preset: nullable(T.String({ description: 'Preset that a tmpfs is made from.' })),
    specification: MountSpecification,
    warnings: T.Array(T.String()),
  },
  { $id: 'MountAdvice', description: 'Which type of mount suits a purpose, why, and what Docker is told.' },
);
export type MountAdvice = Static<typeof MountAdvice>;
