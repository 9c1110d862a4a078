export { volumeLock } from './job-rules.ts';
