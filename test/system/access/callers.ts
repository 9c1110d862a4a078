import type { Answer, Response } from '../../machinery/api-client.ts';
import type { Stowage } from '../../machinery/stowage.ts';

interface RoleWish {
  readonly role: string;
  readonly project?: string;
}

/** Somebody with an API key of their own. */
export interface Caller {
  readonly id: string;
  readonly key: string;
  readonly subject: string;
  call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Response>;
  /** The error code of a call, in REST; undefined when it went well. */
  code(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<string | undefined>;
}

/** Calls with any credential. */
export function callerWith(stowage: Stowage, credential: string, id = ''): Caller {
  const call: Caller['call'] = (method, path, body) =>
    stowage.call(method, path, body, { authorization: `Bearer ${credential}` });
  return {
    id,
    key: credential,
    subject: `key:${id}`,
    call,
    code: async (...request) => (await call(...request)).body?.code,
  };
}

/** Makes an API key with these roles. */
export async function newCaller(stowage: Stowage, roles: readonly RoleWish[], more: object = {}): Promise<Caller> {
  const { id, key } = await stowage.created('POST', '/v1/tokens', { name: 'caller', roles, ...more });
  return callerWith(stowage, key, id);
}

/** The audit events of an operation, newest first. */
export async function eventsOf(stowage: Stowage, operation: string, more = ''): Promise<Answer[]> {
  return (await stowage.get(`/v1/audit-events?operation=${operation}&limit=500${more}`)).items;
}

/** The error code of a GraphQL request; undefined when it went well. */
export async function graphqlCode(stowage: Stowage, credential: string, query: string): Promise<string | undefined> {
  const { body } = await stowage.call('POST', '/graphql', { query }, { authorization: `Bearer ${credential}` });
  return body.errors?.[0].extensions.code;
}
