import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of this thread, in one registry of its own (so that tests can start several). */
export type Telemetry = ReturnType<typeof createTelemetry>;

/** Makes the metrics that `/metrics` shows; `ofProcess`: with those of the process as a whole. */
export function createTelemetry({ ofProcess }: { readonly ofProcess: boolean }) {
  const registry = new Registry();
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    operations: new Histogram({
      name: 'stowage_operation_duration_seconds',
      help: 'Time of an operation, from the admission of the call to its answer.',
      labelNames: ['operation', 'outcome'] as const,
      buckets: durationBuckets,
      registers,
    }),
    jobs: new Counter({
      name: 'stowage_jobs_total',
      help: 'Jobs that ended, by kind and final state.',
      labelNames: ['kind', 'state'] as const,
      registers,
    }),
    webhookAttempts: new Counter({
      name: 'stowage_webhook_attempts_total',
      help: 'Requests to the receivers of webhooks, by outcome.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    jobDurations: new Histogram({
      name: 'stowage_job_duration_seconds',
      help: 'Time of a job from its start to its end.',
      labelNames: ['kind'] as const,
      buckets: [1, 5, 15, 60, 300, 900, 3600, 14400],
      registers,
    }),
    hostUp: new Gauge({
      name: 'stowage_host_up',
      help: '1 while the Docker engine of the host answers.',
      labelNames: ['host'] as const,
      registers,
    }),
    findings: new Gauge({
      name: 'stowage_findings',
      help: 'Findings of a host that are open, by severity; told by the process that judges the host.',
      labelNames: ['host', 'severity'] as const,
      registers,
    }),
    inventorySyncs: new Counter({
      name: 'stowage_inventory_syncs_total',
      help: 'Full lists of a host, by outcome.',
      labelNames: ['host', 'outcome'] as const,
      registers,
    }),
    inventorySyncDurations: new Histogram({
      name: 'stowage_inventory_sync_duration_seconds',
      help: 'Time of a full list of a host, from asking the engine to its writing.',
      labelNames: ['host'] as const,
      buckets: durationBuckets,
      registers,
    }),
  };
}
