import { createReadStream } from 'node:fs';
import Value from 'typebox/value';
import { faultsOf, noEvent } from '../src/access/audit-chain.ts';
import { AuditEvent } from '../src/access/model.ts';

// Verifies an exported audit without a database: `npm run verify-audit -- FILE`, or `-` for the standard input. With --part
// the file may be a part of the audit, such as that of a project: gaps between events are told and are no fault.
const isPart = process.argv.includes('--part');
const file = process.argv.slice(2).find((word) => word !== '--part');
if (file === undefined) throw new Error('Usage: npm run verify-audit -- FILE [--part]');

/** By line feeds alone: readline also splits at U+2028, which may stand in a text. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = `${rest}${chunk}`.split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

let [lines, events, gaps, faults] = [0, 0, 0, 0];
let hashBefore = noEvent;

function complain(message: string): void {
  faults += 1;
  console.error(message);
}

function eventIn(line: string): AuditEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    return Value.Check(AuditEvent, value) ? value : null;
  } catch {
    return null;
  }
}

const input = file === '-' ? process.stdin.setEncoding('utf8') : createReadStream(file, 'utf8');
for await (const line of linesOf(input)) {
  lines += 1;
  const event = eventIn(line);
  if (event === null) {
    complain(`Line ${lines} is no audit event.`);
    continue;
  }
  events += 1;
  for (const { kind, message } of faultsOf(event, hashBefore)) {
    if (kind === 'unlinked' && isPart) gaps += 1;
    else complain(message);
  }
  hashBefore = event.hash;
}
const held = isPart ? `${events} events, ${gaps} gaps` : `${events} events`;
console.log(
  faults === 0 ? `Intact: ${held}; the newest hash is ${hashBefore}` : `Not intact: ${held}, ${faults} faults`,
);
process.exitCode = faults === 0 ? 0 : 1;
