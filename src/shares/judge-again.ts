import type { Ports } from '../context.ts';
import { expireRules } from './rule-store.ts';

/** Has the findings and the uses of shares of a host judged again, now that shares or rules are others: as after a change of its inventory. */
export async function judgeAgain({ notices }: Pick<Ports, 'notices'>, host: string): Promise<void> {
  await notices.publish({ topic: 'inventory', id: host });
}

/** Writes down that the time of rules is over, with the events of that; several replicas may do so at once. */
export async function sweepRules(ports: Pick<Ports, 'db' | 'notices'>): Promise<void> {
  const hosts = await ports.db.$transaction((transaction) => expireRules(transaction));
  for (const host of hosts) await judgeAgain(ports, host);
}
