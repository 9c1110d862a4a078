import { openapiYaml } from './documentation.ts';
import { describeGraphql } from './graphql-sdl.ts';
import { graphqlParts, routes } from './interfaces.ts';

/** The files of the repository that describe the interfaces, by path. They are made from the operations, and committed for their readers. */
export function interfaceFiles(): Record<string, string> {
  const schema = Object.entries(describeGraphql(graphqlParts)).map(
    ([domain, text]) => [`schema/${domain}.graphql`, text] as const,
  );
  return { 'openapi.yaml': openapiYaml(routes), ...Object.fromEntries(schema) };
}
