import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { query } from '../operation.ts';
import { HostName, object, ProjectName, paging, T } from '../schema.ts';
import { EventBatch, EventPage, EventTypes, Place } from './model.ts';
import { sourceOf } from './read.ts';
import * as store from './store.ts';
import { typesMatching } from './type-filter.ts';

const filters = {
  types: T.Optional(EventTypes),
  host: T.Optional(HostName),
  project: T.Optional(ProjectName),
  volume: T.Optional(T.String({ minLength: 1, maxLength: 255, description: 'Name of the volume.' })),
  subject: T.Optional(
    T.String({ minLength: 1, maxLength: 1024, description: 'Address of what it is about, below `/v1/`.' }),
  ),
};

const visibility =
  'Events of a project are shown to who reads the project, those of none (such as of hosts) to who reads everything.';

export const listEvents = query('events.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List events, newest first',
  description: `All filters that are given must hold. ${visibility}`,
  input: object({ ...filters, ...paging }),
  output: EventPage,
  async run({ ports, scope }, { limit = 50, cursor, types, ...equal }) {
    const filter = { ...equal, types: types === undefined ? undefined : typesMatching(types) };
    return await store.listEvents(ports.db, { scope, filter, limit, source: sourceOf(ports) }, cursor);
  },
});

export const readEvents = query('events.read', {
  permission: 'read',
  reach: 'anything',
  summary: 'Read on from an event, oldest first',
  description: `Without \`after\` it tells the newest place and nothing else: what comes next is read from there. Nothing is left out and nothing is given twice, whatever is recorded meanwhile. ${visibility}`,
  input: object({
    ...filters,
    after: T.Optional(Place),
    limit: T.Optional(
      T.Integer({ minimum: 1, maximum: 500, default: 100, description: 'Most events; 100 when absent.' }),
    ),
  }),
  output: EventBatch,
  async run({ ports, scope }, { limit = 100, after, types, ...equal }) {
    const { db } = ports;
    const filter = { ...equal, types: types === undefined ? undefined : typesMatching(types) };
    const place = after === undefined ? await store.newestPosition(db) : BigInt(after);
    const batch = await store.eventsAfter(db, { scope, filter, limit, source: sourceOf(ports) }, place);
    await requireKept(db, place);
    return batch;
  },
});

/** Who reads on from a place must not miss anything without being told. */
async function requireKept(db: Reader, place: bigint): Promise<void> {
  if (place < (await store.forgottenPosition(db)))
    throw fail(
      'events_forgotten',
      `Events after ${place} are not kept any more; read what is there (GET /v1/events), then go on without a place.`,
    );
  if (place > (await store.newestPosition(db)))
    throw fail('invalid_cursor', `There is no event ${place} here; leave the place out to read what comes next.`);
}
