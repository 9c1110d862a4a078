import type { FastifyInstance } from 'fastify';
import { authenticate } from './access/identity.ts';
import type { Ports } from './context.ts';
import { buildServer } from './server/build-server.ts';
import { graphqlParts, routes } from './server/interfaces.ts';
import type { OtherMetrics } from './server/metrics.ts';

/** The HTTP server of Stowage on these ports; it does not listen yet. `/metrics` shows `otherMetrics` too. */
export function buildApp(ports: Ports, otherMetrics: OtherMetrics = async () => []): Promise<FastifyInstance> {
  return buildServer(ports, { routes, graphqlParts, authenticate, otherMetrics });
}
