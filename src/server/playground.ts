import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pagePolicy } from './page-policy.ts';
import { exampleQueries } from './playground-examples.ts';

/** Files of GraphiQL as they are published, for browsers; nothing is built. The packages do not export them by name. */
const published = {
  'react.js': ['react', 'umd/react.production.min.js'],
  'react-dom.js': ['react-dom', 'umd/react-dom.production.min.js'],
  'graphiql.js': ['graphiql', 'graphiql.min.js'],
  'graphiql.css': ['graphiql', 'graphiql.min.css'],
  'graphql-ws.js': ['graphql-ws', 'umd/graphql-ws.min.js'],
} as const;

/** Files of our own, beside this one. */
const own = ['start.js', 'page.css'] as const;

/**
 * `/graphiql`: the playground. It asks for an API key, or for signing in with the issuer where that can be done, keeps the credential for
 * the session of the tab, and opens with queries that run.
 */
export function servePlayground(app: FastifyInstance, { canSignIn }: { readonly canSignIn: boolean }): void {
  const files = new Map([...readPublished(), ...own.map((name) => [name, readOwn(name)] as const)]);
  for (const [name, content] of files) {
    const type = name.endsWith('.css') ? 'text/css' : 'text/javascript';
    app.get(`/graphiql/${name}`, { logLevel: 'warn' }, async (_request, reply) =>
      reply.type(`${type}; charset=utf-8`).header('cache-control', 'public, max-age=3600').send(content),
    );
  }
  const page = readOwn('page.html')
    .toString()
    .replace('CAN_SIGN_IN', canSignIn ? '' : 'hidden')
    .replace('EXAMPLES', JSON.stringify(exampleQueries()).replaceAll('<', '\\u003c'));
  app.get('/graphiql', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy).send(page),
  );
}

function readPublished(): (readonly [string, Buffer])[] {
  const require = createRequire(import.meta.url);
  return Object.entries(published).map(([name, [packageName, file]]) => {
    const folder = dirname(require.resolve(`${packageName}/package.json`));
    return [name, readFileSync(join(folder, file))];
  });
}

function readOwn(name: string): Buffer {
  return readFileSync(new URL(`playground/${name}`, import.meta.url));
}
