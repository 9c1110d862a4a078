import { rules } from '../findings/catalogue.ts';
import type { Rule } from '../findings/rule.ts';

interface RuleDescription extends Pick<Rule, 'id' | 'subject' | 'title' | 'severity' | 'why' | 'remedy'> {}

/** The catalogue of rules, as callers see it. */
export function describeRules(): RuleDescription[] {
  return rules
    .map(({ id, subject, title, severity, why, remedy }) => ({ id, subject, title, severity, why, remedy }))
    .sort((a, b) => a.id.localeCompare(b.id));
}

/** The catalogue of rules as a page; the `documentation` of a finding leads to its part. */
export function findingsPage(): string {
  const sections = describeRules().map(
    ({ id, subject, title, severity, why, remedy }) =>
      `<section id="${id}"><h2><a href="#${id}">${id}</a> ${html(title)}</h2>
<p class="what">${severity}, about a ${subject}</p>
<p>${html(why)}</p>
<p>${html(remedy)}</p></section>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Stowage: findings</title>
<link rel="icon" href="data:,">
<style>
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #1d2430; }
  h2 { font-size: 1.1rem; margin-bottom: 0; }
  section { padding: 0.1rem 0.75rem; border-bottom: 1px solid #dde2ea; }
  section:target { background: #fff3c4; }
  .what { margin-top: 0; color: #5b6577; }
  a { color: inherit; }
</style>
<h1>Findings</h1>
<p>What is judged, why it matters, and what to do about it. <code>GET /v1/findings</code> lists what was found.</p>
${sections.join('\n')}
</html>
`;
}

/** Escapes a text of the catalogue; what stands in backticks is code. */
function html(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
