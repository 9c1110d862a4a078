/** Fields of an input that name what a call is about. Only these are audited: any other may hold a secret. */
const namingFields = [
  'id',
  'host',
  'name',
  'volume',
  'project',
  'repository',
  'snapshot',
  'job',
  'plan',
  'preset',
  'container',
  'into',
  'path',
  'token',
  'binding',
  'share',
  'accessRule',
  'attachment',
  'account',
  'webhook',
  'delivery',
  'subject',
  'role',
];
const longest = 256;
/** An API key or a JWT, which somebody may send where a name belongs. */
const credential = /stw_[0-9a-f]{8}_[\w-]+|eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** What is recorded of the input of a call, which may be anything: it need not have been checked. */
export function auditTarget(input: unknown): Record<string, string> {
  if (typeof input !== 'object' || input === null) return {};
  const named = Object.entries(input).filter(
    (entry): entry is [string, string] => namingFields.includes(entry[0]) && typeof entry[1] === 'string',
  );
  const roles =
    'roles' in input && Array.isArray(input.roles) ? [['roles', input.roles.map(roleText).join(', ')] as const] : [];
  return Object.fromEntries([...named, ...roles].map(([name, value]) => [name, recordable(value)]));
}

function roleText(grant: unknown): string {
  const { role, project } = Object(grant) as { role?: unknown; project?: unknown };
  const name = typeof role === 'string' ? role : '?';
  return typeof project === 'string' ? `${name} on ${project}` : name;
}

/** PostgreSQL refuses U+0000 and half characters in JSON; a call must not escape the audit by sending one. */
function recordable(value: string): string {
  return value.replace(credential, '(a credential)').slice(0, longest).toWellFormed().replaceAll('\0', '\ufffd');
}
