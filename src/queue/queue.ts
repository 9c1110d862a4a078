/** Wakes workers for jobs, each job at most one worker at a time. It holds ids only: the job itself is in the table `jobs`. */
export interface Queue {
  /** Makes the job known to the workers, not before `after`. Sending a job that is waiting or taken already changes nothing. */
  send(jobId: string, after?: Date): Promise<void>;
  /**
   * Starts taking jobs, `concurrency` at a time. The signal is aborted when the job was given to another worker (this
   * process was thought dead) or when the process drains; the worker then leaves the job as it is, for the next one.
   */
  work(concurrency: number, run: (jobId: string, signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Whether the queue can be reached; throws `database_unavailable` otherwise. */
  check(): Promise<void>;
  /** Stops taking jobs, aborts the running ones' signals and waits for their workers. */
  close(): Promise<void>;
}
