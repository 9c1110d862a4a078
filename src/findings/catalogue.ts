import type { Rule, SubjectKind } from './rule.ts';
import { anonymousVolume } from './rules/anonymous-volumes.ts';
import { damagedBackup, failedDrill } from './rules/backups.ts';
import { databaseInWritableLayer, databaseOnBind } from './rules/databases.ts';
import { dockerSocket } from './rules/docker-socket.ts';
import { writableConfiguration } from './rules/host-configuration.ts';
import { crossesFileSystem, manyEntries, missingPath, outsideAllowedRoots } from './rules/host-paths.ts';
import {
  deprecatedDriver,
  littleSpace,
  networkFileSystem,
  oddFileSystem,
  rotationalDisk,
} from './rules/host-storage.ts';
import { sharedPropagation } from './rules/propagation.ts';
import { brokenPromise, suspectBackup, tooFewCopies, uncovered } from './rules/protection.ts';
import { deniedAccess, fullVolume, lockConflict, slowStorage } from './rules/share-health.ts';
import { crossedEnvironment, useWithoutRule, writingWithoutRule } from './rules/shares.ts';
import { relabeling, systemDirectory, wholeHost } from './rules/system-directories.ts';
import { tmpfsAboveMemoryLimit, tmpfsWithoutFlags, tmpfsWithoutSize } from './rules/tmpfs.ts';
import { rootWithWritableBind, userWithoutAccess } from './rules/users.ts';
import { ignoredOptions, missingDriver } from './rules/volume-driver.ts';
import { unfitName } from './rules/volume-names.ts';
import { foreignUser, severalWriters, unusedVolume } from './rules/volume-users.ts';
import { growingLayer } from './rules/writable-layer.ts';

/** Every rule, by its id. */
export const rules: readonly Rule[] = [
  growingLayer,
  networkFileSystem,
  deprecatedDriver,
  oddFileSystem,
  rotationalDisk,
  littleSpace,
  dockerSocket,
  systemDirectory,
  wholeHost,
  writableConfiguration,
  missingPath,
  outsideAllowedRoots,
  rootWithWritableBind,
  sharedPropagation,
  tmpfsWithoutSize,
  tmpfsWithoutFlags,
  tmpfsAboveMemoryLimit,
  anonymousVolume,
  databaseInWritableLayer,
  databaseOnBind,
  crossesFileSystem,
  manyEntries,
  relabeling,
  userWithoutAccess,
  severalWriters,
  unusedVolume,
  foreignUser,
  useWithoutRule,
  writingWithoutRule,
  crossedEnvironment,
  deniedAccess,
  lockConflict,
  fullVolume,
  slowStorage,
  missingDriver,
  ignoredOptions,
  unfitName,
  damagedBackup,
  failedDrill,
  uncovered,
  brokenPromise,
  tooFewCopies,
  suspectBackup,
];

const byKind = Map.groupBy(rules, ({ subject }) => subject);

/** The rules about one kind of subject. */
export function rulesAbout<K extends SubjectKind>(kind: K): readonly Rule<K>[] {
  return (byKind.get(kind) ?? []).filter((rule): rule is Rule<K> => rule.subject === kind);
}

const byId = new Map(rules.map((rule) => [rule.id, rule]));

/** Null when there is no such rule. */
export function findRule(id: string): Rule | null {
  return byId.get(id) ?? null;
}
