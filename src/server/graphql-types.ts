import { scalars } from './graphql-scalars.ts';

/** A JSON schema, as far as GraphQL types are made of it. */
export interface PlainSchema {
  readonly $id?: string;
  readonly 'x-gql'?: string;
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly PlainSchema[];
  readonly items?: PlainSchema;
  readonly properties?: Readonly<Record<string, PlainSchema>>;
  readonly required?: readonly string[];
  readonly maximum?: number;
}

/** Inputs and outputs have types of their own in GraphQL. */
export type Position = 'input' | 'output';

/** A type as a field has it: its text, and whether it can be null. */
interface TypeReference {
  readonly text: string;
  readonly isNullable: boolean;
}

/** Named types by name, in the order in which they were met; the value is their definition. */
export type NamedTypes = Map<string, string>;

/** The GraphQL type of a schema; adds the named types that it needs to `types`. Throws an Error that says what GraphQL cannot express, and where. */
export function typeOf(schema: PlainSchema, at: string, position: Position, types: NamedTypes): TypeReference {
  if (schema['x-gql'] !== undefined) return present(schema['x-gql']);
  if (schema.anyOf !== undefined) return nullableOf(schema.anyOf, at, position, types);
  if (schema.enum !== undefined) return present(addEnum(schema, schema.enum, at, types));
  switch (schema.type) {
    case 'string':
      return present('String');
    case 'boolean':
      return present('Boolean');
    case 'number':
      return present('Float');
    case 'integer':
      if (schema.maximum === undefined || schema.maximum >= 2 ** 31)
        throw new Error(`${at}: GraphQL's Int ends at 2^31-1; give a maximum or take Bytes or Count`);
      return present('Int');
    case 'array': {
      const item = typeOf(schema.items ?? {}, at, position, types);
      return present(`[${item.text}${item.isNullable ? '' : '!'}]`);
    }
    case 'object':
      return present(addObject(schema, at, position, types));
    default:
      throw new Error(`${at}: GraphQL has no type for this schema`);
  }
}

/** The fields of an object type, or the arguments of a field: one text each, with its description. */
export function fieldsOf(
  { properties = {}, required = [] }: PlainSchema,
  at: string,
  position: Position,
  types: NamedTypes,
): string[] {
  return Object.entries(properties).map(([name, schema]) => {
    const type = typeOf(schema, `${at}.${name}`, position, types);
    const isRequired = !type.isNullable && required.includes(name);
    return `${describe(ownDescription(schema))}${name}: ${type.text}${isRequired ? '!' : ''}`;
  });
}

/** Adds an object type, under another name than its own when one is given; gives its name. */
export function addObject(
  schema: PlainSchema,
  at: string,
  position: Position,
  types: NamedTypes,
  givenName?: string,
): string {
  const name = givenName ?? nameOf(schema, at, position);
  const reserved = types.get(name);
  if (reserved === undefined) types.set(name, '');
  if (reserved === '') return name;
  const keyword = position === 'input' ? 'input' : 'type';
  const definition = `${describe(schema.description)}${keyword} ${name} {\n${fieldsOf(schema, name, position, types).join('\n')}\n}`;
  return define(name, definition, reserved, at, types);
}

/** A description in front of a definition. */
export function describe(text: string | undefined): string {
  return text === undefined || text === '' ? '' : `"""\n${text.replaceAll('"""', '\\"""')}\n"""\n`;
}

function present(text: string): TypeReference {
  return { text, isNullable: false };
}

function nullableOf(
  variants: readonly PlainSchema[],
  at: string,
  position: Position,
  types: NamedTypes,
): TypeReference {
  const [variant, ...others] = variants.filter(({ type }) => type !== 'null');
  if (variant === undefined || others.length > 0)
    throw new Error(`${at}: GraphQL knows no union of plain types; name the words with words()`);
  return { text: typeOf(variant, at, position, types).text, isNullable: variants.length > 1 };
}

function addEnum(schema: PlainSchema, values: readonly string[], at: string, types: NamedTypes): string {
  const { $id: name, description } = schema;
  if (name === undefined) throw new Error(`${at}: an enum needs an $id, its name in GraphQL`);
  return define(name, `${describe(description)}enum ${name} {\n${values.join('\n')}\n}`, types.get(name), at, types);
}

function define(name: string, definition: string, before: string | undefined, at: string, types: NamedTypes): string {
  if (before !== undefined && before !== '' && before !== definition)
    throw new Error(`${at}: there is another type with the name ${name}`);
  types.set(name, definition);
  return name;
}

function nameOf({ $id }: PlainSchema, at: string, position: Position): string {
  if ($id === undefined) throw new Error(`${at}: an object needs an $id, its name in GraphQL`);
  return position === 'input' ? `${$id}Input` : $id;
}

/** What a field says of itself; a named type and a scalar have said already what they are. */
function ownDescription(schema: PlainSchema): string | undefined {
  const scalar = schema['x-gql'];
  const isSaid =
    schema.$id !== undefined ||
    (scalar !== undefined && scalar in scalars && scalarDescription(scalar) === schema.description);
  return isSaid ? undefined : schema.description;
}

function scalarDescription(name: string): string | null | undefined {
  return Object.values(scalars).find((scalar) => scalar.name === name)?.description;
}
