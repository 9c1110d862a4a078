import { readFileSync } from 'node:fs';
import type { HelperSpec } from '../engine/helper.ts';
import type { Standing } from './guard-databases.ts';
import { operationsText, readMode } from './mode-operations.ts';
import type { RepairPlan, RepairRequest } from './repair-model.ts';
import { mountedAt } from './survey-volume.ts';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
const shared = read('./entries.pl');
const repairScript = `${shared}\n${read('./repair.pl')}`;
const undoScript = `${shared}\n${read('./undo.pl')}`;
const recordAt = '/volumes/record';

/** Exit codes of repair.pl besides 0. */
export const exits = { outdated: 3, recordFull: 4 } as const;

/** To change owner and mode of what belongs to anybody, and to put back what the kernel takes from a file with its owner. */
const changeCapabilities = ['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'SETFCAP'];

type Spec = Omit<HelperSpec, 'name' | 'labels'>;

/** Counts what a repair would change. */
export function planHelper(volume: string, request: RepairRequest, hostFiles: boolean): Spec {
  return {
    ...specOf(hostFiles),
    command: ['perl', '-e', repairScript, 'work=plan', ...settingsOf(request)],
    mounts: [{ type: 'volume', source: volume, target: mountedAt, readOnly: true }],
    capabilities: ['DAC_READ_SEARCH'],
  };
}

/** Applies a repair, and writes its record into the volume `record`. */
export function applyHelper(
  { volume, record, request, plan }: { volume: string; record: string; request: RepairRequest; plan: RepairPlan },
  hostFiles: boolean,
): Spec {
  const settings = [
    'work=apply',
    `record=${recordAt}`,
    `before=${standingText(plan.rootBefore)}`,
    `after=${standingText(plan.rootAfter)}`,
    ...plan.databases.map(({ path }) => `known=${path}`),
    ...settingsOf(request),
  ];
  return {
    ...specOf(hostFiles),
    command: ['perl', '-e', repairScript, ...settings],
    mounts: mountsOf(volume, record),
    capabilities: changeCapabilities,
  };
}

/** Undoes a repair from its record. */
export function undoHelper({ volume, record }: { volume: string; record: string }, hostFiles: boolean): Spec {
  return {
    ...specOf(hostFiles),
    command: ['perl', '-e', undoScript, mountedAt, recordAt],
    mounts: mountsOf(volume, record),
    capabilities: changeCapabilities,
  };
}

function specOf(hostFiles: boolean) {
  return { environment: {}, network: null, secrets: false, hostFiles };
}

function mountsOf(volume: string, record: string): HelperSpec['mounts'] {
  return [
    { type: 'volume', source: volume, target: mountedAt, readOnly: false },
    { type: 'volume', source: record, target: recordAt, readOnly: false },
  ];
}

/** The wish as the script takes it. Throws `invalid_input` for a mode that is none. */
function settingsOf({ owner, group, folderMode, fileMode, writers = [], exclude = [] }: RepairRequest): string[] {
  const folders = folderMode === undefined ? [] : readMode('folderMode', folderMode, 'folders');
  const files = fileMode === undefined ? [] : readMode('fileMode', fileMode, 'files');
  return [
    `folder=${mountedAt}`,
    ...(owner === undefined ? [] : [`owner=${owner}`]),
    ...(group === undefined ? [] : [`group=${group}`]),
    `folders=${operationsText(folders)}`,
    `files=${operationsText(files)}`,
    ...writers.map(({ user, group: of }) => (user === undefined ? `writer=g:${of}` : `writer=u:${user}`)),
    ...exclude.map((path) => `exclude=${path}`),
  ];
}

function standingText({ mode, uid, gid }: { mode: string; uid: number; gid: number }): string {
  return `${Number.parseInt(mode, 8).toString(8)}:${uid}:${gid}`;
}

/** Owner and mode as the API shows them. */
export function standingShown({ mode, uid, gid }: Standing): RepairPlan['rootBefore'] {
  return { mode: mode.toString(8).padStart(4, '0'), uid, gid };
}
