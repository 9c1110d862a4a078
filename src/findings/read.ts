import { fail } from '../errors.ts';
import type { Target } from '../operation.ts';
import { findFinding } from './store.ts';

export { boundFolderOf, socketPaths } from '../hosts/read.ts';
export { findRule } from './catalogue.ts';
export { databaseOf, dataFoldersOf } from './database-images.ts';
export { atLeast, documentationOf } from './finding-row.ts';
export { judge } from './judge.ts';
export { keepFindings } from './keep-findings.ts';
export { loadMounters, loadMounts, reaching } from './mount-facts.ts';
export { type FindingJson, findingsFromJson, findingsOfMount } from './mount-findings.ts';
export { loadScene } from './scene-store.ts';
export { loadPaths, loadSurroundings } from './surroundings-store.ts';

/** Operations on a finding ask for a grant on its project. */
export const findingTarget: Target<{ finding: string }> = {
  find: ({ ports }, { finding }) => findFinding(ports.db, finding),
  absent: ({ finding }) => fail('finding_not_found', `There is no finding "${finding}".`),
};
