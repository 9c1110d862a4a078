import type { Ports } from '../context.ts';
import { hearNotices } from '../hear-notices.ts';
import { pause } from '../pause.ts';
import { evaluateHost, type JudgePorts } from './evaluate-host.ts';
import { keepPaths } from './path-keeper.ts';
import { forgetResolved } from './write-findings.ts';

type KeeperPorts = JudgePorts & Pick<Ports, 'engines' | 'log'>;

const shortestGapMs = 500;
/** A judgement that takes long is made the more seldom: at most a sixth of the time goes into it. */
const gapFactor = 5;
const forgetMs = 3_600_000;

/**
 * Keeps the findings of a host while it is watched: judges it again after each change of its inventory and each
 * measurement (those that come together are one), and at least every `inventorySeconds`. Ends when the signal aborts.
 */
export async function keepFindings(ports: KeeperPorts, host: string, signal: AbortSignal): Promise<void> {
  const changes = hearNotices(ports.notices, 'inventory', host, signal);
  const lookAtPaths = keepPaths(ports, host, changes.note);
  let forgottenAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    changes.forget();
    await lookAtPaths();
    const judgedAt = performance.now();
    try {
      await evaluateHost(ports, host);
      if (judgedAt - forgottenAt > forgetMs) {
        await forgetResolved(ports.db, host, ports.config.historyDays);
        forgottenAt = judgedAt;
      }
    } catch (error) {
      ports.log.warn({ err: error, host }, 'a host could not be judged; it is tried again');
    }
    const gapMs = Math.max(shortestGapMs, gapFactor * (performance.now() - judgedAt));
    await pause(gapMs, signal);
    await changes.next(ports.config.inventorySeconds * 1000 - gapMs);
  }
  await changes.ended;
}
