import { rules } from '../src/findings/catalogue.ts';
import type { Rule } from '../src/findings/rule.ts';
import { table } from './markdown-table.ts';

const begin = '<!-- made by setup/emit-interfaces.ts -->';
const end = '<!-- end of what is made -->';

/** The document with the catalogue of rules made anew between its marks. */
export function withRules(document: string): string {
  const [head, rest, ...more] = document.split(begin);
  if (head === undefined || rest === undefined || more.length > 0)
    throw new Error(`docs/findings.md must have "${begin}" once.`);
  const sorted = [...rules].sort((a, b) => a.id.localeCompare(b.id));
  const overview = table(
    ['rule', 'about', 'severity', 'title'],
    sorted.map(({ id, subject, severity, title }) => [`[${id}](#${id.toLowerCase()})`, subject, severity, title]),
  );
  const made = [overview, ...sorted.map(section)].join('\n\n');
  return `${head}${begin}\n\n${made}\n\n${end}${rest.split(end)[1] ?? ''}`;
}

function section({ id, title, why, remedy }: Rule): string {
  return `### ${id}\n\n**${title}.** ${why}\n\n${remedy}`;
}
