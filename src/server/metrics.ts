import type { FastifyInstance } from 'fastify';
import type { Telemetry } from '../telemetry.ts';

/** `/metrics`, in the format of Prometheus. Open to everybody: it holds numbers, and names of operations and hosts. */
export function serveMetrics(app: FastifyInstance, { registry }: Telemetry): void {
  app.get('/metrics', { logLevel: 'warn' }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
