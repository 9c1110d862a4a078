import t from 'tap';
import {
  exampleName,
  fittingStyles,
  type Naming,
  type NamingStyle,
  namingIssues,
  requireFittingName,
} from '../../../src/volumes/naming-styles.ts';

const styles = ['project', 'environment', 'function'] as const satisfies NamingStyle[];
const nothing = { project: null, environment: null };
const shop = { project: 'shop', environment: null };
const deny: Naming = { mode: 'deny', styles: [...styles] };
const volume = (name: string, more: object = {}) => ({ name, labels: {}, ...nothing, ...more });

t.test('names and the styles that they fit', (t) => {
  const cases: [string, { project: string | null; environment: string | null }, NamingStyle[]][] = [
    ['project-database-data', nothing, ['project']],
    ['project-config-files', nothing, ['project']],
    ['prod-mysql-data', nothing, ['project', 'environment']],
    ['dev-redis-cache', nothing, ['project', 'environment', 'function']],
    ['backup-storage', nothing, ['project', 'function']],
    ['cache-volume', nothing, ['project', 'function']],
    ['temp-processing', nothing, ['project', 'function']],
    ['shop-orders', shop, ['project']],
    ['shop_orders', shop, ['project']],
    ['shop.orders.eu', shop, ['project']],
    ['shopping-orders', shop, []],
    ['shop', shop, []],
    ['shop-', shop, []],
    ['shop--x', shop, []],
    ['orders-shop', shop, []],
    ['crm-orders', { project: 'CRM', environment: null }, ['project']],
    ['eu-shop-2-orders', { project: 'eu-shop-2', environment: null }, ['project']],
    ['prod-mysql', { project: 'shop', environment: 'production' }, ['environment']],
    ['production_mysql', { project: 'shop', environment: 'prod' }, ['environment']],
    ['test-mysql', { project: 'shop', environment: 'production' }, []],
    ['eu-west-mysql', { project: 'shop', environment: 'eu-west' }, ['environment']],
    ['uploads.shop', shop, ['function']],
    ['data', nothing, []],
    ['mydata', nothing, []],
    ['My-Data', nothing, []],
    ['Prod-mysql', nothing, []],
    ['a__b', nothing, []],
    ['cache', nothing, []],
  ];
  for (const [name, attributes, expected] of cases)
    t.same(fittingStyles(name, attributes, styles), expected, `${name} ${JSON.stringify(attributes)}`);
  t.same(fittingStyles('shop-cache', shop, ['environment', 'function']), ['function'], 'only what is asked for counts');
  t.end();
});

t.test('one style is enough; each of those that do not fit says why', (t) => {
  t.same(namingIssues(volume('prod-x', shop), deny), []);
  const issues = namingIssues(volume('mydata', { project: 'shop', environment: 'production' }), deny);
  t.match(issues, [
    '"mydata" does not fit the style "project": it does not begin with its project, as "shop-…".',
    '"mydata" does not fit the style "environment": it does not begin with its environment, as "prod-…" or "production-…" or "live-…".',
    /"mydata" does not fit the style "function": neither its first nor its last word/,
  ]);
  t.same(namingIssues(volume('mydata'), { ...deny, mode: 'off' }), []);
  t.equal(namingIssues(volume('mydata'), { ...deny, mode: 'warn' }).length, 3);
  t.same(namingIssues(volume('mydata'), { ...deny, styles: [] }), [], 'no style is asked for');
  t.end();
});

t.test('names that nobody chose are not judged', (t) => {
  const strict: Naming = { mode: 'deny', styles: ['environment'] };
  const labels = { 'com.docker.compose.project': 'blog', 'com.docker.compose.volume': 'pictures' };
  t.same(namingIssues(volume('0123456789abcdef'.repeat(4)), strict), []);
  t.same(namingIssues(volume('blog_pictures', { labels }), strict), []);
  t.equal(namingIssues(volume('pictures', { labels }), strict).length, 1, 'the compose file names it itself');
  t.end();
});

t.test('a refusal gives a name that would fit', (t) => {
  for (const name of ['MyData', 'x', '日本', `A${'b'.repeat(254)}`, 'a.B__c-'])
    for (const style of styles)
      for (const attributes of [
        nothing,
        { project: 'Shop.', environment: 'EU-1' },
        { project: 's', environment: 'prod' },
      ]) {
        const example = exampleName(volume(name, attributes), style);
        t.same(fittingStyles(example, attributes, [style]), [style], `${style}: ${example}`);
        t.ok(example.length < 256);
      }
  t.throws(() => requireFittingName(volume('MyData', shop), deny), {
    code: 'volume_name_refused',
    message: /"shop-mydata" or "prod-mydata" or "mydata-backup" would fit/,
    errors: [{ path: '/name', rule: 'naming' }],
  });
  t.doesNotThrow(() => requireFittingName(volume('MyData', shop), { ...deny, mode: 'warn' }));
  t.doesNotThrow(() => requireFittingName(volume('shop-data', shop), deny));
  t.end();
});
