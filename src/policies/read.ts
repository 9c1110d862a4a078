export { type Candidate, loadCandidates, loadSources } from './cover-store.ts';
export { type Coverage, composeProjectsOf, coverageOf, exclusionOf } from './coverage.ts';
export { Retention } from './retention.ts';
