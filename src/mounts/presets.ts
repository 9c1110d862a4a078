import type { MountPreset } from './preset-model.ts';
import { specificationOf, type TmpfsSettings } from './specification.ts';

/** Where a preset is shown for when nobody says where. */
export const usualTarget = '/tmp';

export interface PresetSettings extends TmpfsSettings {
  readonly name: string;
  readonly description: string;
}

const mebibyte = 1024 ** 2;

/**
 * All of them have `nodev`, also where other recipes leave it out: Docker sets it when nothing is said, and nothing that
 * a container may do with a tmpfs needs a device there.
 */
const flags = { noexec: true, nosuid: true, nodev: true, mode: null };

/** What every installation has, by name. */
export const builtInPresets = [
  { name: 'cache', description: 'What an application can make again.', sizeBytes: 200 * mebibyte, ...flags },
  { name: 'secure', description: 'Keys and passwords, which no disk may see.', sizeBytes: 10 * mebibyte, ...flags },
  { name: 'temp', description: 'Temporary files.', sizeBytes: 50 * mebibyte, ...flags },
] as const satisfies readonly PresetSettings[];

export function findBuiltIn(name: string): PresetSettings | null {
  return builtInPresets.find((preset) => preset.name === name) ?? null;
}

/** A preset as the API shows it, for a target. */
export function showPreset(
  { name, description, sizeBytes, noexec, nosuid, nodev, mode }: PresetSettings,
  target: string,
  made: { readonly createdBy: string; readonly createdAt: Date; readonly version: number } | null,
): MountPreset {
  const settings = { sizeBytes, noexec, nosuid, nodev, mode };
  return {
    name,
    description,
    ...settings,
    isBuiltIn: made === null,
    createdBy: made?.createdBy ?? null,
    createdAt: made?.createdAt.toISOString() ?? null,
    specification: specificationOf({ type: 'tmpfs', target, readOnly: false, ...settings }),
    version: made?.version ?? 1,
  };
}
