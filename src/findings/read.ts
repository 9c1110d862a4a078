export { boundFolderOf, socketPaths } from '../hosts/read.ts';
export { findRule } from './catalogue.ts';
export { judge } from './judge.ts';
export { loadMounters } from './mount-facts.ts';
export { loadScene } from './scene-store.ts';
export { loadPaths, loadSurroundings } from './surroundings-store.ts';
