export { lastDrills } from './store.ts';
