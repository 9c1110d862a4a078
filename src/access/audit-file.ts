import { Readable } from 'node:stream';
import type { Reader } from '../database/client.ts';
import type { Download } from '../schema.ts';
import { type AuditFilter, auditRowsAfter, toEvent } from './audit-store.ts';
import type { ProjectScope } from './roles.ts';

const eventsAtOnce = 500;

/** The audit as JSON Lines, oldest event first. It is read part by part while it is sent. */
export function auditFile(db: Reader, scope: ProjectScope, filter: AuditFilter): Download {
  const day = new Date().toISOString().slice(0, 10);
  return {
    stream: Readable.from(lines(db, scope, filter), { objectMode: false }),
    fileName: `audit-${day}.jsonl`,
    bytes: null,
  };
}

async function* lines(db: Reader, scope: ProjectScope, filter: AuditFilter): AsyncGenerator<string> {
  let lastId = 0n;
  for (;;) {
    const rows = await auditRowsAfter(db, lastId, eventsAtOnce, scope, filter);
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(toEvent(row))}\n`).join('');
    lastId = rows.at(-1)?.id ?? lastId;
    if (rows.length < eventsAtOnce) return;
  }
}
