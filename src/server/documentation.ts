import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { printSchema } from 'graphql';
import { Document, type Scalar, visit } from 'yaml';
import { describeErrors, errorsPage } from './errors-page.ts';
import { describeRules, findingsPage } from './findings-page.ts';
import { describeRest } from './openapi.ts';
import { pagePolicy } from './page-policy.ts';
import type { Route } from './rest-binding.ts';

/** The OpenAPI document as YAML, as it is committed and served. */
export function openapiYaml(routes: readonly Route[]): string {
  const document = new Document(describeRest(routes), { aliasDuplicateObjects: false });
  // Readers of YAML 1.1 would take a bare date for a time, not for the string that it is.
  const Scalar = (_key: unknown, node: Scalar) => {
    if (typeof node.value === 'string' && /^\d{4}-\d\d-\d\d/.test(node.value)) node.type = 'QUOTE_DOUBLE';
  };
  visit(document, { Scalar });
  return document.toString({ lineWidth: 0 });
}

/** `/docs` (the REST reference), `/docs/errors`, `/docs/findings`, `/openapi.yaml` and `/schema.graphql`: open to everybody, nothing of it from another host. */
export async function serveDocumentation(app: FastifyInstance, routes: readonly Route[]): Promise<void> {
  const document = describeRest(routes);
  await app.register(swagger, { mode: 'static', specification: { document: document as never } });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: pagePolicy,
    // The default validator is a picture from another host.
    uiConfig: { validatorUrl: null, docExpansion: 'list', displayOperationId: true, tryItOutEnabled: true } as object,
    theme: {
      title: 'Stowage: REST reference',
      css: [{ filename: 'stowage.css', content: '.swagger-ui .topbar { display: none }' }],
    },
  });
  app.get('/docs/errors', async ({ headers }, reply) => {
    if (headers.accept?.includes('text/html') !== true) return reply.send(describeErrors());
    return reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy).send(errorsPage());
  });
  app.get('/docs/findings', async ({ headers }, reply) => {
    if (headers.accept?.includes('text/html') !== true) return reply.send(describeRules());
    return reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy).send(findingsPage());
  });
  // Made when somebody asks: it takes as long as the rest of the start.
  let yaml: string | undefined;
  app.get('/openapi.yaml', async (_request, reply) => {
    yaml ??= openapiYaml(routes);
    return reply.type('application/yaml; charset=utf-8').send(yaml);
  });
  app.get('/schema.graphql', async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(printSchema(app.graphql.schema)),
  );
}
