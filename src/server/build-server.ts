import type { FastifyInstance } from 'fastify';
import type { Authenticate } from '../admission.ts';
import type { Ports } from '../context.ts';
import { bindGraphql } from './bind-graphql.ts';
import { bindRest } from './bind-rest.ts';
import { serveDocumentation } from './documentation.ts';
import type { GraphqlParts } from './graphql-sdl.ts';
import { serveHealth } from './health.ts';
import { createServer } from './http-server.ts';
import { serveLogin } from './login.ts';
import { type OtherMetrics, serveMetrics } from './metrics.ts';
import { servePlayground } from './playground.ts';
import { requestContexts } from './request-context.ts';
import type { Route } from './rest-binding.ts';

/** What a server offers, and to whom. */
export interface Interfaces {
  readonly routes: readonly Route[];
  readonly graphqlParts: GraphqlParts;
  readonly authenticate: Authenticate;
  /** Metrics of what works beside the server in a thread of its own. */
  readonly otherMetrics: OtherMetrics;
}

/** Builds the HTTP server: both interfaces, their documentation, the playground, health and metrics. It does not listen yet. */
export async function buildServer(ports: Ports, interfaces: Interfaces): Promise<FastifyInstance> {
  const { config, log, telemetry } = ports;
  const { routes, graphqlParts, authenticate, otherMetrics } = interfaces;
  const contextOf = requestContexts(ports, authenticate);
  const app = createServer({ log, bodyBytes: config.bodyBytes, trustedProxies: config.trustedProxies });

  bindRest(app, routes, (request) => contextOf(request, 'rest'));
  await bindGraphql(app, {
    parts: graphqlParts,
    limits: config,
    contextOf: (request, authorization) => contextOf(request, 'graphql', authorization),
  });
  await serveDocumentation(app, routes);
  servePlayground(app, { canSignIn: config.login !== undefined });
  serveLogin(app, ports);
  serveHealth(app, ports);
  serveMetrics(app, telemetry, otherMetrics);
  return app;
}
