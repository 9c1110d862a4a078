import { setImmediate as breathe } from 'node:timers/promises';
import type { Ports } from '../context.ts';
import type { Reader } from '../database/client.ts';
import type { Surroundings } from './facts.ts';
import { type Judged, judgeHost, judgeScene, type Scene, type Treatments } from './judge.ts';
import { severities } from './rule.ts';
import { loadScene } from './scene-store.ts';
import { loadSurroundings } from './surroundings-store.ts';
import { type Changes, countOpen, writeFindings } from './write-findings.ts';

export type JudgePorts = Pick<Ports, 'config' | 'db' | 'locks' | 'notices' | 'telemetry'>;

/** Subjects that are judged in one go; requests are answered in between. */
const chunk = 100;

/**
 * Judges what is on a host, and makes its findings say so; null when too little is known of it. What was known of a host
 * that is away is old: nothing is opened and nothing resolved by that. Nobody else judges the host meanwhile, in any
 * replica, so that no older judgement is written over a newer one.
 */
export async function evaluateHost(ports: JudgePorts, host: string): Promise<Changes | null> {
  const { db, locks, notices, telemetry } = ports;
  const changes = await locks.hold(`findings/${host}`, () => judgeAndWrite(ports, host));
  if (changes === null) return null;
  const open = await countOpen(db, host);
  for (const severity of severities) telemetry.findings.set({ host, severity }, open.get(severity) ?? 0);
  if (changes.opened + changes.changed + changes.resolved > 0) await notices.publish({ topic: 'finding', id: host });
  return changes;
}

async function judgeAndWrite({ db, config }: JudgePorts, host: string): Promise<Changes | null> {
  if (!(await isCurrent(db, host))) return null;
  const around = await loadSurroundings(db, config, host);
  if (around === null) return null;
  const scene = await loadScene(db, host);
  return await writeFindings(db, host, await judgeInChunks(scene, around, config.policy.rules));
}

async function isCurrent(db: Reader, name: string): Promise<boolean> {
  const row = await db.host.findUnique({ where: { name }, select: { state: true, syncedAt: true } });
  return row !== null && row.state === 'connected' && row.syncedAt !== null;
}

async function judgeInChunks(
  { containers, volumes }: Scene,
  around: Surroundings,
  treatments: Treatments,
): Promise<Judged[]> {
  const judged = judgeHost(around, treatments);
  for (let start = 0; start < Math.max(containers.length, volumes.length); start += chunk) {
    const part = { containers: containers.slice(start, start + chunk), volumes: volumes.slice(start, start + chunk) };
    judged.push(...judgeScene(part, around, treatments));
    await breathe();
  }
  return judged;
}
