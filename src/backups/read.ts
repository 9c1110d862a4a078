export { volumeLock } from './job-rules.ts';
export { usableRepository } from './repository-reach.ts';
export { repositoryLock } from './restic-step.ts';
