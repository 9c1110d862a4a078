import type { FastifyInstance } from 'fastify';
import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import type { Telemetry } from '../telemetry.ts';

/** Gives the metrics of the other thread of the process. */
export type OtherMetrics = () => Promise<readonly MetricObjectWithValues<MetricValue<string>>[]>;

/**
 * `/metrics`, in the format of Prometheus: those of this thread, and of the other one where there is one. Open to
 * everybody: it holds numbers, and names of operations and hosts.
 */
export function serveMetrics(app: FastifyInstance, { registry }: Telemetry, others: OtherMetrics): void {
  app.get('/metrics', { logLevel: 'warn' }, async (_request, reply) => {
    const parts = [await registry.getMetricsAsJSON(), await others()];
    const together = AggregatorRegistry.aggregate(parts.map((part) => [...part]));
    return reply.type(registry.contentType).send(await together.metrics());
  });
}
