import { isTaken, type Prisma, type Reader } from '../database/client.ts';
import { type Failure, fail } from '../errors.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { MountPreset } from './preset-model.ts';
import { builtInPresets, findBuiltIn, type PresetSettings, showPreset } from './presets.ts';

type Row = Prisma.MountPresetGetPayload<object>;
type Changes = Partial<Omit<PresetSettings, 'name'>>;

export function presetNotFound(name: string): Failure {
  return fail('mount_preset_not_found', `There is no mount preset "${name}".`);
}

/** Those that every installation has, and then its own; each by name. */
export async function listPresets(
  db: Reader,
  target: string,
  limit: number,
  cursor?: string,
): Promise<Page<MountPreset>> {
  const [group = '', after = ''] = cursor === undefined ? [] : decodeCursor(cursor, 2);
  const builtIn = group === 'own' ? [] : builtInPresets.filter(({ name }) => name > after);
  const own = await db.mountPreset.findMany({
    where: group === 'own' ? { name: { gt: after } } : {},
    orderBy: { name: 'asc' },
    take: limit + 1,
  });
  const shown = [
    ...builtIn.map((preset) => showPreset(preset, target, null)),
    ...own.map((row) => toPreset(row, target)),
  ];
  const keyOf = ({ isBuiltIn, name }: MountPreset) => [isBuiltIn ? 'built-in' : 'own', name];
  return toPage(shown.slice(0, limit + 1), limit, keyOf, (preset) => preset);
}

/** Null when there is none. */
export async function findPreset(db: Reader, name: string, target: string): Promise<MountPreset | null> {
  const builtIn = findBuiltIn(name);
  if (builtIn !== null) return showPreset(builtIn, target, null);
  const row = await db.mountPreset.findUnique({ where: { name } });
  return row === null ? null : toPreset(row, target);
}

/** Throws `mount_preset_exists`. */
export async function createPreset(
  db: Reader,
  settings: PresetSettings & { readonly createdBy: string },
  target: string,
): Promise<MountPreset> {
  const exists = fail('mount_preset_exists', `A mount preset "${settings.name}" exists already; choose another name.`);
  if (findBuiltIn(settings.name) !== null) throw exists;
  try {
    return toPreset(await db.mountPreset.create({ data: settings }), target);
  } catch (error) {
    throw isTaken(error) ? exists : error;
  }
}

/** Throws `mount_preset_fixed`, `mount_preset_not_found` and `version_mismatch`. */
export async function updatePreset(
  db: Reader,
  name: string,
  changes: Changes,
  expectedVersion: number | undefined,
): Promise<void> {
  refuseBuiltIn(name);
  const where = { name, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) };
  const { count } = await db.mountPreset.updateMany({ where, data: { ...changes, version: { increment: 1 } } });
  if (count === 0) throw await absentOrChanged(db, name, expectedVersion);
}

/** Throws `mount_preset_fixed`, `mount_preset_not_found` and `version_mismatch`. */
export async function deletePreset(db: Reader, name: string, expectedVersion: number | undefined): Promise<void> {
  refuseBuiltIn(name);
  const where = { name, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) };
  const { count } = await db.mountPreset.deleteMany({ where });
  if (count === 0) throw await absentOrChanged(db, name, expectedVersion);
}

function refuseBuiltIn(name: string): void {
  if (findBuiltIn(name) !== null)
    throw fail(
      'mount_preset_fixed',
      `Every installation has the preset "${name}"; make one of your own with another name.`,
    );
}

async function absentOrChanged(db: Reader, name: string, expectedVersion: number | undefined): Promise<Failure> {
  if ((await db.mountPreset.count({ where: { name } })) === 0) return presetNotFound(name);
  return fail(
    'version_mismatch',
    `The preset is not at version ${expectedVersion} any more; read it again and repeat the change.`,
  );
}

function toPreset({ sizeBytes, ...row }: Row, target: string): MountPreset {
  return showPreset({ ...row, sizeBytes: Number(sizeBytes) }, target, row);
}
