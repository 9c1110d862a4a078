import { type EventDeclaration, eventCatalogue } from '../src/events/catalogue.ts';
import { table } from './markdown-table.ts';

const begin = '<!-- made by setup/emit-interfaces.ts -->';
const end = '<!-- end of what is made -->';

interface Field {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly anyOf?: readonly Field[];
}

/** The document with the catalogue of events made anew between its marks. */
export function withEvents(document: string): string {
  const [head, rest, ...more] = document.split(begin);
  if (head === undefined || rest === undefined || more.length > 0)
    throw new Error(`docs/events.md must have "${begin}" once.`);
  const declared = Object.entries<EventDeclaration>(eventCatalogue).sort(([a], [b]) => (a < b ? -1 : 1));
  const made = declared.map(([type, declaration]) => section(type, declaration)).join('\n\n');
  return `${head}${begin}\n\n${made}\n\n${end}${rest.split(end)[1] ?? ''}`;
}

function section(type: string, { summary, data }: EventDeclaration): string {
  const rows = Object.entries<Field>(data.properties).map(([name, field]) => [`\`${name}\``, meaningOf(field)]);
  return `### ${type}\n\n${summary}\n\n${table(['data', 'meaning'], rows)}`;
}

/** What a field holds; of one that may be null, what it holds otherwise. */
function meaningOf({ description, properties, anyOf }: Field): string {
  if (anyOf?.[0] !== undefined) return `${meaningOf(anyOf[0])} Or null.`;
  if (properties !== undefined)
    return Object.entries(properties)
      .map(([name, field]) => `\`${name}\`: ${meaningOf(field)}`)
      .join(' ');
  return description ?? '';
}
