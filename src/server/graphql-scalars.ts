import { GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';
import { fail } from '../errors.ts';
import { Bytes, Count, DateTime, StringMap } from '../schema.ts';

/** The scalars that a schema can name with `x-gql`, besides GraphQL's own `ID`. Their content is checked by the operation, as in REST. */
export const scalars = {
  Bytes: integerScalar('Bytes', descriptionOf(Bytes)),
  Count: integerScalar('Count', descriptionOf(Count)),
  DateTime: plainScalar('DateTime', descriptionOf(DateTime)),
  StringMap: plainScalar('StringMap', descriptionOf(StringMap)),
  JSON: plainScalar('JSON', 'Any JSON value.'),
};

function descriptionOf(schema: object): string {
  return 'description' in schema ? String(schema.description) : '';
}

/** A value that is the same in GraphQL as it is in JSON. */
function plainScalar(name: string, description: string) {
  const parseValue = (value: unknown) => value;
  return new GraphQLScalarType({
    name,
    description,
    parseValue,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  });
}

/** GraphQL's Int has 31 bits only; a number of JSON is exact up to 2^53-1. */
function integerScalar(name: string, description: string) {
  const read = (value: unknown): number => {
    const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
    throw fail('invalid_input', `${String(value)} is not an integer from 0 to 2^53-1.`);
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => read(typeof value === 'bigint' ? Number(value) : value),
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined),
  });
}
