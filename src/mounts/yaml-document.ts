import { CST, isMap, isScalar, Lexer, LineCounter, parseDocument, visit } from 'yaml';
import { type Failure, fail } from '../errors.ts';

/**
 * What a document may have. People write far less; with more it costs memory or time to read: lists within lists exhaust
 * the stack, and aliases of aliases grow without bounds.
 */
const limits = {
  bytes: 65_536,
  words: 16_384,
  anchors: 64,
  aliases: 256,
  flowDepth: 32,
  lineDepth: 16,
  lineMaps: 1,
  indentation: 128,
} as const;

/**
 * Reads a YAML document as plain data (YAML 1.2, core schema). Throws `compose_invalid` for what is no YAML, for tags,
 * merge keys, keys that are there twice, more than one document, and whatever exceeds the limits: before any of it is
 * expanded.
 */
export function readYaml(text: string): unknown {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.bytes)
    throw fail('compose_invalid', `The file has ${bytes} bytes; up to ${limits.bytes} are read.`);
  refuseExcess(text);
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: false, uniqueKeys: false, prettyErrors: false });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const message = problem.code === 'MULTIPLE_DOCS' ? 'there is more than one document' : problem.message;
    throw invalid(message, lineCounter.linePos(problem.pos[0]).line);
  }
  refuseOddKeys(document, lineCounter);
  try {
    return document.toJS({ maxAliasCount: limits.aliases });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    if (!error.message.startsWith('Excessive')) throw invalid(error.message);
    throw unsupported('aliases that grow without bounds are');
  }
}

/**
 * Looks at the words of the text alone, before anything is nested. What is refused here for being wrong would be an error
 * of its own at each place, and a text can have tens of thousands of those.
 */
function refuseExcess(text: string): void {
  const seen = { line: 1, words: 0, anchors: 0, aliases: 0, flowDepth: 0, lineDepth: 0, lineMaps: 0 };
  let isLineStart = true;
  for (const word of new Lexer().lex(text)) {
    const type = CST.tokenType(word);
    seen.words += 1;
    if (type === 'tag' || type === 'directive-line')
      throw unsupported(`${JSON.stringify(word.slice(0, 64))} is`, seen.line);
    if (type === 'anchor') seen.anchors += 1;
    if (type === 'alias') seen.aliases += 1;
    if (type === 'flow-map-start' || type === 'flow-seq-start') seen.flowDepth += 1;
    if (type === 'flow-map-end' || type === 'flow-seq-end') seen.flowDepth -= 1;
    if (type === 'seq-item-ind' || type === 'explicit-key-ind') seen.lineDepth += 1;
    if (type === 'map-value-ind' && seen.flowDepth === 0) seen.lineMaps += 1;
    if (seen.flowDepth < 0) throw invalid('a bracket is closed that was not opened', seen.line);
    if (type === 'double-quoted-scalar' && oddEscape.test(word)) throw invalid('it has an unknown escape', seen.line);
    if (isLineStart && type === 'space' && word.length > limits.indentation)
      throw invalid(`it is indented by more than ${limits.indentation} spaces`, seen.line);
    for (const name of ['words', 'anchors', 'aliases', 'flowDepth', 'lineDepth', 'lineMaps'] as const)
      if (seen[name] > limits[name]) throw invalid(`there are too many ${excess[name]}`, seen.line);
    isLineStart = type === 'newline';
    if (isLineStart) Object.assign(seen, { lineDepth: 0, lineMaps: 0 });
    seen.line += word.split('\n').length - 1;
  }
}

const oddEscape = /(?<!\\)(?:\\\\)*\\[^0abtnvfre\s"/\\N_LPxuU]/;

const excess = {
  words: 'words and signs',
  anchors: 'anchors',
  aliases: 'aliases',
  flowDepth: 'brackets within brackets',
  lineDepth: 'levels on one line',
  lineMaps: 'colons on one line',
} as const;

/** The parser's own look for keys that are there twice takes a time that grows with the square of their number. */
function refuseOddKeys(document: Parameters<typeof visit>[0], lineCounter: LineCounter): void {
  visit(document, {
    Map(_key, map) {
      const known = new Set<unknown>();
      for (const { key } of map.items) {
        const line = isScalar(key) || isMap(key) ? lineCounter.linePos(key.range?.[0] ?? 0).line : undefined;
        const name = isScalar(key) ? key.value : key;
        if (!isScalar(key)) throw invalid('a key must be a plain word', line);
        if (name === '<<') throw unsupported('the merge key "<<" is', line);
        if (known.has(String(name)))
          throw invalid(`the key ${JSON.stringify(String(name).slice(0, 64))} is there twice`, line);
        known.add(String(name));
      }
    },
  });
}

/** What Docker's own tool writes has none of what is refused here. */
function unsupported(what: string, line?: number): Failure {
  return invalid(`${what} not supported; give the output of "docker compose config"`, line);
}

function invalid(message: string, line?: number): Failure {
  const place = line === undefined ? '' : `Line ${line}: `;
  return fail('compose_invalid', `${place}${message.replace(/[.:]?$/, '')}.`);
}
