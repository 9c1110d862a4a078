export { serverOf } from './find-server.ts';
export { untilReady } from './run-script.ts';
export { takeDump } from './take-dump.ts';
