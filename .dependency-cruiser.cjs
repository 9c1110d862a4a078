/**
 * Who may import whom; the rules of the house (CONTRIBUTING.md), checked by `npm run lint`.
 *
 *   ports      engine, restic, queue, database: know the errors and schemas, and no domain
 *   domains    a folder each; of each other they see only what is public
 *   bindings   rest.ts and graphql.ts of a domain, and server/: know operations and schemas
 *   roots      app.ts, main.ts, ports.ts, surroundings.ts, background/: put implementations together
 */
const domains =
  'access|backups|configuration|containers|databases|directories|drills|events|findings|health|hosts|images|jobs|mounts|performance|permissions|policies|protection|pruning|retention|repositories|shares|snapshots|space|volumes|webhooks';
const ports = 'engine|restic|queue|database';
const bindings = `^src/(server/|(${domains})/(rest|graphql)\\.ts$)`;
const generated = '^src/database/generated/';

/** What a domain shows to the others. */
const publicOfDomains = [
  `^src/(${domains})/(read|model)\\.ts$`,
  '^src/jobs/(handler|helper-run|locks|restart-note|carry-out-restart)\\.ts$',
  '^src/access/roles\\.ts$',
  '^src/backups/remove-volume\\.ts$',
  '^src/findings/(facts|rule)\\.ts$',
  '^src/shares/(decide|judge-use|load-index|shared-with|volume-index)\\.ts$',
];

module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Files that import each other cannot be read one after the other.',
      severity: 'error',
      from: { pathNot: generated },
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment: 'A file that nobody imports and that imports nobody is left over.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [generated, '\\.d\\.ts$', '^src/main\\.ts$', '^src/server/playground/', '^(demo|setup|test|bench)/'],
      },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'An import must lead somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'ports-know-no-domain',
      comment:
        'A port imports the errors, the schemas, the pure helpers named here, its own folder, the types of other ports, and npm packages.',
      severity: 'error',
      from: { path: `^src/(${ports})/` },
      to: { path: '^src/', pathNot: ['^src/(errors|schema|map-concurrently)\\.ts$', `^src/(${ports})/`] },
    },
    {
      name: 'ports-share-types-only',
      comment: 'A port may name the types of another port; it may not run its code.',
      severity: 'error',
      from: { path: `^src/(${ports})/` },
      to: { path: `^src/(${ports})/`, pathNot: '^src/$1/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'dockerode-in-engine',
      comment: 'Docker is spoken in engine/ alone (and where tests and the demo play a user of the engine).',
      severity: 'error',
      from: { pathNot: '^(src/engine|demo|test|bench)/' },
      to: { path: 'node_modules/(@types/)?dockerode/' },
    },
    {
      name: 'prisma-in-database',
      comment: 'The generated client is reached through database/client.ts.',
      severity: 'error',
      from: { pathNot: '^src/database/' },
      to: { path: generated },
    },
    {
      name: 'http-in-bindings',
      comment: 'fastify and mercurius stand in server/, app.ts and the bindings.',
      severity: 'error',
      from: { path: '^src/', pathNot: [bindings, '^src/app\\.ts$', '/jwt\\.ts$'] },
      to: { path: 'node_modules/(fastify|mercurius|@fastify/[^/]+)/' },
    },
    {
      name: 'bindings-know-operations-only',
      comment:
        'A binding imports operations and schemas; never a store, the engine, restic, the queue or the database.',
      severity: 'error',
      from: { path: bindings },
      to: { path: [`^src/(${ports})/`, `^src/(${domains})/store\\.ts$`] },
    },
    {
      name: 'domains-are-private',
      comment: 'Of another domain only read.ts, model.ts and the named public files may be imported.',
      severity: 'error',
      from: { path: `^src/(${domains})/` },
      to: { path: `^src/(${domains})/`, pathNot: ['^src/$1/', ...publicOfDomains] },
    },
    {
      name: 'src-stands-alone',
      comment: 'The product imports nothing of its tests, demo or set-up, and no development dependency.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|demo|bench|setup)/' },
    },
    {
      name: 'no-development-dependency',
      comment: 'What the product imports must be installed with it.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', generated] },
    exclude: { path: '^node:' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
