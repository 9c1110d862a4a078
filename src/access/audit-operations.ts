import { query } from '../operation.ts';
import { DateTime, Download, object, ProjectName, paging, T } from '../schema.ts';
import { auditFile } from './audit-file.ts';
import { listAudit } from './audit-store.ts';
import { instantOf } from './instant.ts';
import * as model from './model.ts';
import { verifyAudit as walkChain } from './verify-audit.ts';

const filterFields = {
  actor: T.Optional(model.FilterWord),
  operation: T.Optional(model.FilterWord),
  outcome: T.Optional(model.AuditOutcome),
  project: T.Optional(ProjectName),
  since: T.Optional(DateTime),
  until: T.Optional(DateTime),
};

export const listAuditEvents = query('audit.list', {
  permission: 'audit',
  reach: 'anything',
  summary: 'List audit events, newest first',
  input: object({ ...filterFields, ...paging }),
  output: model.AuditEventPage,
  async run({ ports, scope }, { limit = 50, cursor, since, until, ...equal }) {
    const filter = { ...equal, since: instantOf('since', since), until: instantOf('until', until) };
    return await listAudit(ports.db, scope, filter, limit, cursor);
  },
});

export const downloadAudit = query('audit.export', {
  permission: 'audit',
  reach: 'anything',
  summary: 'Download audit events as JSON Lines, oldest first',
  description:
    'One event a line, as the list shows it. The whole audit, without a filter and seen by an auditor of everything, can be verified elsewhere: `npm run verify-audit -- FILE`.',
  input: object(filterFields),
  output: Download,
  async run({ ports, scope }, { since, until, ...equal }) {
    const filter = { ...equal, since: instantOf('since', since), until: instantOf('until', until) };
    return auditFile(ports.db, scope, filter);
  },
});

export const verifyAudit = query('audit.verify', {
  permission: 'audit',
  reach: 'everything',
  summary: 'Verify the chain of the audit',
  description: 'Reads all of it: a million events take some seconds.',
  input: object({}),
  output: model.AuditVerification,
  run: ({ ports }) => walkChain(ports),
});
