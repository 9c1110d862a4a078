import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import type { TestDocker } from '../../machinery/docker.ts';
import { makeVolume } from '../../machinery/engine-user.ts';
import type { Stowage } from '../../machinery/stowage.ts';

/** What a finding is looked for at: only one of them. */
export interface Where {
  readonly container?: string;
  readonly volume?: string;
}

/** Waits for an open finding of a rule, and sees that both interfaces show it. */
export async function breaks(t: Test, stowage: Stowage, rule: string, where: Where, what = rule): Promise<Answer> {
  const path = `/v1/findings?${new URLSearchParams({ ...where, rule, state: 'open', host: 'local' })}`;
  const { items } = await stowage.until(path, (page: { items: unknown[] }) => page.items.length > 0, 40);
  const { data } = await stowage.graphql(graphqlFor(rule, where));
  t.same(
    data.findings.items,
    items.map(({ id, severity, evidence }: Answer) => ({ id, severity, evidence })),
    `${what}: the same over both interfaces`,
  );
  return items[0];
}

/** Sees that there is no finding of a rule, in any state. What is asked about must have been judged by then. */
export async function keeps(t: Test, stowage: Stowage, rule: string, where: Where, what = rule): Promise<void> {
  const { items } = await stowage.get(`/v1/findings?${new URLSearchParams({ ...where, rule })}`);
  t.same(items, [], `${what}: nothing where there is no fault`);
  const { data } = await stowage.graphql(graphqlFor(rule, where));
  t.same(data.findings.items, []);
}

/** Has the host judged again: its inventory changes. */
export async function judgeAgain(docker: TestDocker): Promise<void> {
  await makeVolume(docker.name(`again-${randomBytes(6).toString('hex')}`));
}

function graphqlFor(rule: string, where: Where): string {
  const filters = Object.entries(where).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `{ findings(${[`rule: "${rule}"`, 'state: open', ...filters].join(', ')}) { items { id severity evidence } } }`;
}
