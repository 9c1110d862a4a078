import type { Static, TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Permission } from './access/roles.ts';
import type { AdmittedContext } from './context.ts';
import { type Failure, fail, type InputIssue } from './errors.ts';

/** The object that an operation is about: who may not see it must not be able to tell it from an absent one. */
export interface Target<In> {
  /** The project the object belongs to (null: to none), or null when there is no such object. */
  find(context: AdmittedContext, input: In): Promise<{ readonly project: string | null } | null>;
  /** The failure for an object that is absent, or that the caller may not see. */
  absent(input: In): Failure;
  /** Whether who does not reach its project may see the object all the same: because it is shared with them, or offered to them. */
  isShown?(context: AdmittedContext, input: In): Promise<boolean>;
  /** Whether to be shown the object is enough for the operation. */
  readonly showingSuffices?: true;
}

/**
 * How far a grant must reach for an operation: `authenticated`, any caller with an identity; `anything`, a grant on any
 * project (lists; `run` filters by `context.scope`); `everything`, a grant without a project; or a target, a grant on
 * the project of that object.
 */
export type Reach<In> = 'authenticated' | 'anything' | 'everything' | Target<In>;

/** A use case. REST, GraphQL, OpenAPI, authorization and audit are all made from this one declaration. */
// biome-ignore lint/suspicious/noExplicitAny: an operation of unknown input is the type of the registry; its input is checked at run time
export interface Operation<In = any, Out = unknown, K extends 'query' | 'command' = 'query' | 'command'> {
  /** `<domain>.<verb>`: permission key, OpenAPI operationId, audit action, metric label and span name. */
  readonly id: string;
  readonly kind: K;
  readonly permission: Permission;
  readonly reach: Reach<In>;
  readonly summary: string;
  readonly description: string | undefined;
  readonly input: TObject;
  readonly output: TSchema;
  /** Only called by GraphQL's batch loaders; it has no address of its own. */
  readonly internal: boolean;
  /** Throws `invalid_input` with every issue unless `input` fits the input schema. */
  check(input: unknown): asserts input is In;
  run(context: AdmittedContext, input: In): Promise<Out>;
  /**
   * For a call that is repeated because it was cut off: what it gave, when its work was done then (found by
   * `context.onceId`); else null, and it is run again. Needed where the work itself makes a second run impossible.
   */
  readonly recall: ((context: AdmittedContext, input: In) => Promise<Out | null>) | undefined;
}

export type AnyOperation = Operation;
export type InputOf<O> = O extends Operation<infer In> ? In : never;
export type OutputOf<O> = O extends Operation<infer _In, infer Out> ? Out : never;

interface Definition<I extends TObject, O extends TSchema> {
  permission: Permission;
  reach: Reach<NoInfer<Static<I>>>;
  summary: string;
  description?: string;
  input: I;
  output: O;
  internal?: boolean;
  run(context: AdmittedContext, input: NoInfer<Static<I>>): Promise<NoInfer<Static<O>>>;
  recall?(context: AdmittedContext, input: NoInfer<Static<I>>): Promise<NoInfer<Static<O>> | null>;
}

// The type parameters of an operation are plain types, not schemas: Static<> is then evaluated once, where the
// operation is written (with schemas as parameters tsc was four times slower).
function make<K extends 'query' | 'command'>(kind: K) {
  return <I extends TObject, O extends TSchema>(
    id: string,
    definition: Definition<I, O>,
  ): Operation<Static<I>, Static<O>, K> => {
    if (!('additionalProperties' in definition.input) || definition.input.additionalProperties !== false)
      throw new Error(`${id}: the input must be closed; make it with object()`);
    const validator = Compile(definition.input);
    return Object.freeze({
      internal: false,
      description: undefined,
      recall: undefined,
      ...definition,
      id,
      kind,
      check(input: unknown): asserts input is Static<I> {
        if (!validator.Check(input)) throw invalidInput(id, validator.Errors(input));
        refuseNul(input, '');
      },
    });
  };
}

/** Declares an operation that only reads. */
export const query = make('query');
/** Declares an operation that changes something: it is audited and takes an idempotency key. */
export const command = make('command');

type SchemaError = ReturnType<ReturnType<typeof Compile>['Errors']>[number];

function invalidInput(id: string, errors: readonly SchemaError[]): Failure {
  const issues = errors.filter((error) => error.keyword !== 'boolean').flatMap(toIssues);
  const [first] = issues;
  const detail = first === undefined ? `${id} does not accept this input.` : `${first.path || '/'}: ${first.message}`;
  return fail('invalid_input', { detail, errors: issues });
}

/** What is nested without end would exhaust the stack; only inputs with a part of any shape come near to it. */
const deepest = 64;

/** A NUL can stand in no name, path or text here: neither PostgreSQL nor Linux takes it. */
function refuseNul(value: unknown, path: string, depth = 0): void {
  if (depth > deepest) {
    const issue = { path, rule: 'depth', message: `must not be nested more than ${deepest} levels deep` };
    throw fail('invalid_input', { detail: `${path}: ${issue.message}`, errors: [issue] });
  }
  if (typeof value === 'string' && value.includes('\0')) {
    const issue = { path, rule: 'pattern', message: 'must not contain a NUL character' };
    throw fail('invalid_input', { detail: `${path}: ${issue.message}`, errors: [issue] });
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    refuseNul(name, path);
    refuseNul(part, `${path}/${name}`, depth + 1);
  }
}

function toIssues(error: SchemaError): InputIssue[] {
  const { instancePath: path, keyword: rule, message } = error;
  if (rule === 'additionalProperties' && 'additionalProperties' in error.params) {
    const unknown = error.params.additionalProperties;
    const names = Array.isArray(unknown) ? unknown.map(String) : [];
    return names.map((name) => ({ path: `${path}/${name}`, rule, message: `unknown field "${name}"` }));
  }
  return [{ path, rule, message }];
}
