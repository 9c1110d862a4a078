import { type Permission, type Role, roleNames, scopeOf } from '../src/access/roles.ts';
import type { AnyOperation } from '../src/operation.ts';
import { graphqlParts, routes } from '../src/server/interfaces.ts';
import { table } from './markdown-table.ts';

const permissions: readonly Permission[] = ['read', 'inspect', 'operate', 'administer', 'audit'];
const begin = '<!-- made by setup/emit-interfaces.ts -->';
const end = '<!-- end of what is made -->';

/** The document with the table of roles and the table of operations made anew, each between its two marks. */
export function withMatrix(document: string): string {
  const tables = [rolesTable(), operationsTable()];
  const parts = document.split(begin);
  if (parts.length !== tables.length + 1)
    throw new Error(`docs/access.md must have "${begin}" ${tables.length} times.`);
  const [head = '', ...rest] = parts;
  const made = rest.map((part, index) => `${begin}\n\n${tables[index]}\n\n${end}${part.split(end)[1] ?? ''}`);
  return [head, ...made].join('');
}

function rolesTable(): string {
  const cells = (role: Role) => permissions.map((permission) => (has(role, permission) ? 'yes' : ''));
  return table(
    ['role', ...permissions],
    roleNames.map((role) => [role, ...cells(role)]),
  );
}

function has(role: Role, permission: Permission): boolean {
  return scopeOf({ subject: '', name: '', grants: [{ role, project: null }] }, permission) === 'all';
}

function operationsTable(): string {
  const rows = routes.map(({ operation, method, url }) => {
    const { id, permission } = operation;
    const address = `\`${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}\``;
    const who =
      operation.reach === 'authenticated'
        ? 'whoever has a valid credential'
        : roleNames.filter((role) => has(role, permission)).join(', ');
    return [`\`${id}\``, address, fieldsOf(operation), who, reachOf(operation)];
  });
  return table(
    ['operation', 'REST', 'GraphQL', 'roles', 'on'],
    rows.sort(([a = ''], [b = '']) => a.localeCompare(b)),
  );
}

function fieldsOf({ id }: AnyOperation): string {
  const parts = Object.values(graphqlParts);
  const fields = parts.flatMap(({ Query = {}, Mutation = {} }) => Object.entries({ ...Query, ...Mutation }));
  return fields.flatMap(([name, { operation }]) => (operation.id === id ? [`\`${name}\``] : [])).join(', ');
}

function reachOf({ reach }: AnyOperation): string {
  if (typeof reach !== 'string')
    return reach.showingSuffices === true ? 'its project, and whom it is shown to' : 'the project of the object';
  return { authenticated: 'nothing', anything: 'any project; shows what is in reach', everything: 'everything' }[reach];
}
