import { misfit, type Part, quoted } from './document-part.ts';

/** Defaults may hold variables again. */
const deepest = 8;
const longest = 65_536;
const name = /^[a-zA-Z_][a-zA-Z0-9_]*/;

/**
 * Puts the values of variables into a text, as Docker Compose does: `$NAME`, `${NAME}`, `${NAME:-default}`,
 * `${NAME-default}`, `${NAME:?message}`, `${NAME?message}`, `${NAME:+other}`, `${NAME+other}`, and `$$` for a dollar.
 * Throws the failure of the part for a variable that has neither a value nor a default, where Compose would go on with
 * nothing: an empty path is another path.
 */
export function interpolate(part: Part, text: string, variables: Readonly<Record<string, string>>, depth = 0): string {
  if (depth > deepest) throw misfit(part, `Variables are nested more than ${deepest} levels deep.`);
  let result = '';
  let rest = text;
  for (let at = rest.indexOf('$'); at >= 0; at = rest.indexOf('$')) {
    result += rest.slice(0, at);
    const [value, after] = readReference(part, rest.slice(at + 1), variables, depth);
    result += value;
    rest = after;
    if (result.length > longest) throw misfit(part, `With its variables it is longer than ${longest} characters.`);
  }
  return result + rest;
}

/** What follows a dollar: its value, and the text after it. */
function readReference(
  part: Part,
  text: string,
  variables: Readonly<Record<string, string>>,
  depth: number,
): [value: string, after: string] {
  if (text.startsWith('$')) return ['$', text.slice(1)];
  const plain = name.exec(text)?.[0];
  if (plain !== undefined) return [required(part, plain, variables), text.slice(plain.length)];
  const end = text.startsWith('{') ? closingBrace(text) : -1;
  const braced = end < 0 ? undefined : name.exec(text.slice(1, end))?.[0];
  if (braced === undefined)
    throw misfit(part, `${quoted(`$${text}`)} is no variable; write $$ for a dollar, or \${NAME} for a variable.`);
  const expression = text.slice(1 + braced.length, end);
  return [evaluate(part, braced, expression, variables, depth), text.slice(end + 1)];
}

function evaluate(
  part: Part,
  variable: string,
  expression: string,
  variables: Readonly<Record<string, string>>,
  depth: number,
): string {
  if (expression === '') return required(part, variable, variables);
  const [, operator = '', word = ''] = /^(:?[-?+])([\s\S]*)$/.exec(expression) ?? [];
  const value = givenValue(variable, variables);
  const isMissing = operator.startsWith(':') ? !value : value === undefined;
  const replaced = () => interpolate(part, word, variables, depth + 1);
  switch (operator.at(-1)) {
    case '-':
      return isMissing ? replaced() : (value ?? '');
    case '+':
      return isMissing ? '' : replaced();
    case '?':
      if (isMissing)
        throw misfit(part, `The variable ${variable} is required: ${quoted(word)}. Give it in "environment".`);
      return value ?? '';
    default:
      throw misfit(part, `${quoted(`\${${variable}${expression}}`)} is no expression of Docker Compose.`);
  }
}

function required(part: Part, variable: string, variables: Readonly<Record<string, string>>): string {
  const value = givenValue(variable, variables);
  if (value === undefined)
    throw misfit(part, `The variable ${quoted(variable)} has no value and no default; give it in "environment".`);
  return value;
}

function givenValue(variable: string, variables: Readonly<Record<string, string>>): string | undefined {
  return Object.hasOwn(variables, variable) ? variables[variable] : undefined;
}

/** Where the brace that begins the text is closed; -1 when it is not. */
function closingBrace(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}
