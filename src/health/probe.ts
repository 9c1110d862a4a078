import { readFileSync } from 'node:fs';
import type { HelperSpec } from '../engine/helper.ts';
import type { HealthReading, HealthSpace } from './model.ts';

const script = readFileSync(new URL('./probe.pl', import.meta.url), 'utf8');

/** A volume in a running container. */
export interface HealthPlace {
  readonly volumeId: string;
  readonly container: { readonly id: string; readonly name: string };
  readonly target: string;
  /** First process of the container. */
  readonly pid: number;
}

/** A helper that looks at these. It sees the processes of the host, what they have open, and their file systems. */
export function healthHelper(places: readonly HealthPlace[]): Omit<HelperSpec, 'name' | 'labels'> {
  const names = places.flatMap(({ pid, container, target }, number) => [`${number}`, `${pid}`, container.id, target]);
  return {
    command: ['perl', '-e', script, ...names],
    environment: {},
    mounts: [],
    capabilities: ['SYS_PTRACE', 'DAC_READ_SEARCH'],
    network: null,
    secrets: false,
    lowPriority: true,
    hostProcesses: true,
    hostFiles: true,
  };
}

/** What a helper said, by volume. */
export function readHealth(lines: readonly string[], places: readonly HealthPlace[]): Map<string, HealthReading> {
  const ioPressure = lines.map(readPressure).find((pressure) => pressure !== null) ?? null;
  const readings = new Map<string, HealthReading>();
  for (const { volumeId } of places) readings.set(volumeId, { space: null, ioPressure, locks: [] });
  for (const line of lines) {
    const [word = '', ...fields] = line.split(' ');
    if (word === 'space') addSpace(readings, places, fields.map(Number));
    if (word === 'lock') addLock(readings, places, fields);
  }
  return readings;
}

function readPressure(line: string): HealthReading['ioPressure'] {
  const [whole, ...numbers] = /^pressure ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)$/.exec(line) ?? [];
  if (whole === undefined) return null;
  const [some10 = 0, some60 = 0, full10 = 0, full60 = 0] = numbers.map(Number);
  return { some10, some60, full10, full60 };
}

function addSpace(
  readings: Map<string, HealthReading>,
  places: readonly HealthPlace[],
  [number = -1, size = 0, blocks = 0, available = 0, totalInodes = 0, freeInodes = 0]: number[],
): void {
  const place = places[number];
  const reading = place === undefined ? undefined : readings.get(place.volumeId);
  if (place === undefined || reading === undefined) return;
  const space: HealthSpace = { totalBytes: size * blocks, availableBytes: size * available, totalInodes, freeInodes };
  readings.set(place.volumeId, { ...reading, space });
}

function addLock(
  readings: Map<string, HealthReading>,
  places: readonly HealthPlace[],
  [id = '', type = '', access = '', waits = '', encoded = '']: string[],
): void {
  const file = decodeURIComponent(encoded);
  const inContainer = places.filter(({ container, target }) => container.id === id && isBelow(target, file));
  // Of mounts within mounts the innermost has the file.
  const [place] = inContainer.toSorted((a, b) => b.target.length - a.target.length);
  const reading = place === undefined ? undefined : readings.get(place.volumeId);
  if (place === undefined || reading === undefined) return;
  const path = file.slice(place.target.length).replace(/^\/*/, '/');
  const lock = { container: place.container.name, path, type, access, isWaiting: waits === '1' };
  readings.set(place.volumeId, { ...reading, locks: [...reading.locks, lock] });
}

function isBelow(target: string, file: string): boolean {
  return file === target || file.startsWith(target.endsWith('/') ? target : `${target}/`);
}
