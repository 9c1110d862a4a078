export { type Candidate, loadCandidates, loadSources } from './cover-store.ts';
export { type Coverage, coverageOf } from './coverage.ts';
export { Retention } from './retention.ts';
