import { catalogue, type ErrorCode } from '../errors.ts';
import { statusOf } from './problem.ts';

interface ErrorDescription {
  readonly code: string;
  readonly status: number;
  readonly kind: string;
  readonly title: string;
}

/** The error catalogue, as callers see it. */
export function describeErrors(): ErrorDescription[] {
  const codes = Object.keys(catalogue) as ErrorCode[];
  return codes.map((code) => ({
    code,
    status: statusOf(code),
    kind: catalogue[code].kind,
    title: catalogue[code].title,
  }));
}

/** The error catalogue as a page; the `type` of a problem leads to its row. */
export function errorsPage(): string {
  const rows = describeErrors().map(
    ({ code, status, kind, title }) =>
      `<tr id="${code}"><td><a href="#${code}"><code>${code}</code></a></td><td>${status}</td><td>${kind}</td><td>${title}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Stowage: errors</title>
<link rel="icon" href="data:,">
<style>
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1d2430; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid #dde2ea; }
  tr:target { background: #fff3c4; }
  a { color: inherit; }
</style>
<h1>Errors</h1>
<p>Every error answer is a problem document (RFC 9457) with one of these codes, in GraphQL <code>extensions.code</code>.
A code keeps its meaning; the text beside it may change.</p>
<table>
<thead><tr><th>Code</th><th>HTTP status</th><th>Kind</th><th>Meaning</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</html>
`;
}
