import { command, query } from '../operation.ts';
import { NewSchedule, requireSchedule, scheduleFrom } from '../schedule.ts';
import { expectedVersion, nullable, object, T } from '../schema.ts';
import * as store from './class-store.ts';
import { DataClassList, DataClassSettings, RpoSeconds, RtoSeconds } from './model.ts';
import { NewRetention, requireRetention, retentionFrom } from './retention.ts';

const address = { dataClass: T.String({ minLength: 1, maxLength: 64, description: 'Name of the class.' }) };

export const listDataClasses = query('dataClasses.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List the classes of data, with what each is promised',
  input: object({}),
  output: DataClassList,
  run: async ({ ports }) => ({ items: await store.listClasses(ports.db) }),
});

export const getDataClass = query('dataClasses.get', {
  permission: 'read',
  reach: 'anything',
  summary: 'Read a class of data',
  input: object(address),
  output: DataClassSettings,
  run: ({ ports }, { dataClass }) => store.findClass(ports.db, dataClass),
});

export const updateDataClass = command('dataClasses.update', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Edit what a class of data is promised',
  input: object({
    ...address,
    description: T.Optional(T.String({ maxLength: 1024 })),
    rpoSeconds: T.Optional(nullable(RpoSeconds)),
    rtoSeconds: T.Optional(nullable(RtoSeconds)),
    schedule: T.Optional(nullable(NewSchedule)),
    keep: T.Optional(NewRetention),
    expectedVersion,
  }),
  output: DataClassSettings,
  async run({ ports }, { dataClass, expectedVersion: version, keep, schedule: given, ...patch }) {
    if (keep !== undefined) requireRetention(keep);
    const schedule = given == null ? given : scheduleFrom(given);
    const next = schedule == null ? null : requireSchedule(schedule);
    const change = { ...patch, ...(schedule === undefined ? {} : { schedule }) };
    const kept = keep === undefined ? {} : { keep: retentionFrom(keep) };
    return await store.editClass(ports.db, dataClass, { ...change, ...kept }, next, version);
  },
});
