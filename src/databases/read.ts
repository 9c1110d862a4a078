export { serverOf } from './find-server.ts';
export { engineOfImage, familyOf } from './recognise.ts';
export { untilReady } from './run-script.ts';
export { takeDump } from './take-dump.ts';
