import type { EngineContainer } from '../engine/engine-objects.ts';
import { composeLabels } from '../hosts/read.ts';

/** When a container is started. */
export interface StartPlace {
  /** Containers of a lower stage start before it, and are stopped after it. */
  readonly stage: number;
  /** Something that starts later asks for it to be healthy. */
  readonly isAwaited: boolean;
}

type Startable = Pick<EngineContainer, 'id' | 'name' | 'labels' | 'networkOf'> & {
  /** Ids of others that it cannot start without. */
  readonly needs?: readonly string[];
};

/**
 * In which order containers start, by their id: what depends on others, or shares the network of another, comes after them.
 * Those that do neither come first.
 */
export function startOrder(containers: readonly Startable[]): ReadonlyMap<string, StartPlace> {
  const byService = Map.groupBy(containers, ({ labels }) =>
    keyOf(labels[composeLabels.project], labels[composeLabels.service]),
  );
  const stages = new Map<string, number>();
  const awaited = new Set<string>();

  function stageOf(container: Startable, path: readonly string[]): number {
    const known = stages.get(container.id);
    if (known !== undefined) return known;
    // Compose refuses circles; labels may hold anything.
    if (path.includes(container.id)) return 0;
    const before = [...startedFirst(container), ...servicesBefore(container)];
    const stage = Math.max(-1, ...before.map((one) => stageOf(one, [...path, container.id]))) + 1;
    stages.set(container.id, stage);
    return stage;
  }

  function servicesBefore(container: Startable): Startable[] {
    return dependenciesOf(container).flatMap(({ name, isHealthy }) => {
      const found = byService.get(keyOf(container.labels[composeLabels.project], name)) ?? [];
      if (isHealthy) for (const { id } of found) awaited.add(id);
      return found;
    });
  }

  /** It cannot start while the one whose network it shares does not run. */
  function startedFirst({ networkOf, needs = [] }: Startable): Startable[] {
    return containers.filter(({ id, name }) => networkOf === id || networkOf === name || needs.includes(id));
  }

  for (const container of containers) stageOf(container, []);
  return new Map(containers.map(({ id }) => [id, { stage: stages.get(id) ?? 0, isAwaited: awaited.has(id) }]));
}

function dependenciesOf({ labels }: Startable): { name: string; isHealthy: boolean }[] {
  return (labels[composeLabels.dependsOn] ?? '').split(',').flatMap((text) => {
    const [name = '', condition] = text.trim().split(':');
    return name === '' ? [] : [{ name, isHealthy: condition === 'service_healthy' }];
  });
}

function keyOf(projectName: string | undefined, serviceName: string | undefined): string {
  return `${projectName ?? ''}/${serviceName ?? ''}`;
}
