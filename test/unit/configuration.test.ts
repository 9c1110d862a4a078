import { readFileSync } from 'node:fs';
import t from 'tap';
import { readConfig } from '../../src/config.ts';
import { Environment } from '../../src/environment.ts';

t.test('the README tells of every setting, with its default and meaning', async (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').replaceAll(/ +/g, ' ');
  for (const [name, schema] of Object.entries(Environment.properties)) {
    const given = 'default' in schema ? `\`${schema.default}\`` : '';
    const meaning = 'description' in schema ? schema.description : '';
    t.ok(readme.includes(`| \`${name}\` | ${given} | ${meaning} |`.replaceAll(/ +/g, ' ')), name);
  }
});

t.test('a setting that does not fit is named', async (t) => {
  t.throws(() => readConfig({ STOWAGE_PORT: 'eighty' }), /STOWAGE_PORT/);
  t.throws(() => readConfig({ STOWAGE_ROLES: 'api,cook' }), /cook/);
  t.throws(() => readConfig({ STOWAGE_JOB_ATTEMPTS: '0' }), /STOWAGE_JOB_ATTEMPTS/);
  t.throws(() => readConfig({ STOWAGE_ALLOWED_ROOTS: '/srv,../x' }), /"\.\.\/x"/);
  t.throws(() => readConfig({ STOWAGE_ALLOWED_ROOTS: '/' }), /STOWAGE_ALLOWED_ROOTS/);
  t.throws(() => readConfig({ STOWAGE_RULES: 'MNT-1=off' }), /MNT-1=off/);
  t.throws(() => readConfig({ STOWAGE_RULES: 'MNT-001=maybe' }), /maybe/);
  t.throws(() => readConfig({ STOWAGE_DENY_FROM: 'awful' }), /STOWAGE_DENY_FROM/);
});

t.test('without settings there are defaults', async (t) => {
  const config = readConfig({});
  t.match(config, { listen: { host: '127.0.0.1', port: 8080 }, databaseUrl: undefined, oidc: undefined });
  t.same([...config.roles], ['api', 'worker', 'watcher']);
  t.match(config, { allowedRoots: [], policy: { warnFrom: 'low', denyFrom: 'critical' }, naming: { mode: 'off' } });
});
