import type { MetricObjectWithValues, MetricValue } from 'prom-client';

/** The metrics of a thread, as its registry hands them over. */
export type ThreadMetrics = readonly MetricObjectWithValues<MetricValue<string>>[];

/** What the thread is asked: for its metrics, or to end its work. */
export type Request = { readonly ask: 'metrics'; readonly id: number } | { readonly ask: 'drain' };

/** What it answers. That it has ended is told by its exit. */
export interface MetricsAnswer {
  readonly id: number;
  readonly metrics: ThreadMetrics;
}
