export { findRule } from './catalogue.ts';
export { judge } from './judge.ts';
export { boundFolderOf, loadMounters } from './mount-facts.ts';
export { loadScene } from './scene-store.ts';
export { loadPaths, loadSurroundings, socketPaths } from './surroundings-store.ts';
