export { serverOf } from './find-server.ts';
export { noteServer } from './note-server.ts';
export { engineOfImage, familyOf } from './recognise.ts';
export { untilReady } from './run-script.ts';
export { dumpFile } from './scripts.ts';
export { takeDump } from './take-dump.ts';
export { type Trial, type TriedServer, tryServer } from './try-server.ts';
