import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { Test } from 'tap';
import { startApp } from '../../machinery/engine-user.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { breaks, keeps } from './verdicts.ts';

/** Two containers: one that breaks the rule, and one that does the same without the fault. */
export interface Pair {
  readonly rule: string;
  readonly what: string;
  readonly severity: string;
  readonly faulty: Docker.ContainerCreateOptions;
  readonly sound: Docker.ContainerCreateOptions;
}

/** What makes a container with these binds. */
export const binds = (...Binds: string[]): Docker.ContainerCreateOptions => ({ HostConfig: { Binds } });

/** A folder of the host, removed with the test. */
export async function folder(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'found-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** The sound ones are made first: when the faulty ones are judged, so are they. */
export async function judgePairs(t: Test, pairs: readonly Pair[], env: Record<string, string>): Promise<void> {
  const stowage = await startStowage(t, { env });
  const sound: string[] = [];
  for (const pair of pairs) sound.push((await startApp(t, pair.sound)).id);
  const faulty: string[] = [];
  for (const pair of pairs) faulty.push((await startApp(t, pair.faulty)).id);
  for (const [index, { rule, what, severity }] of pairs.entries()) {
    const container = faulty[index] ?? '';
    const finding = await breaks(t, stowage, rule, { container }, `${rule}, ${what}`);
    t.match(finding, { severity, container: { id: container }, target: /^\// }, `${rule}, ${what}`);
    const { items } = await stowage.get(`/v1/hosts/local/containers/${container}/mounts`);
    const mount = items.find(({ target }: { target: string }) => target === finding.target);
    t.ok(
      mount.findings.some(({ id }: { id: string }) => id === finding.id),
      `${rule}, ${what}: shown with its mount`,
    );
  }
  for (const [index, { rule, what }] of pairs.entries())
    await keeps(t, stowage, rule, { container: sound[index] ?? '' }, `${rule}, ${what}`);
  const worst = await stowage.get(`/v1/mounts?severity=critical&limit=500`);
  for (const { findings } of worst.items)
    t.ok(findings.some(({ severity }: { severity: string }) => severity === 'critical'));
}
