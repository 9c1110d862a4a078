import type { HelperMount } from '../engine/helper.ts';
import type { ResticMessage } from '../restic/output.ts';
import type { OpenRepository } from './open-repository.ts';

/** A run of restic in a helper, for a job. */
export interface ResticStep {
  readonly step: string;
  readonly command: readonly string[];
  readonly capabilities: readonly string[];
  readonly mounts: readonly HelperMount[];
  /** Gets what it writes to its standard output and errors, and when it wrote it. */
  readonly onMessage: (message: ResticMessage, at: Date) => void;
  /** The step changes nothing in the repository: one of a host is mounted read-only. */
  readonly reads?: boolean;
  /** A folder of the helper's own, in memory. */
  readonly scratch?: { readonly target: string; readonly bytes: number };
  /** Another password of the repository, which the step finds in a file. */
  readonly otherPassword?: string;
  /** A repository that the step copies from. */
  readonly source?: OpenRepository;
}
