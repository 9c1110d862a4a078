import { DateTime, HostName, nullable, object, ProjectName, page, type Static, T, Uuid } from '../schema.ts';

/** Digits of a place, so that places sort as texts as well. */
const digits = 16;

/** A place as events show it. */
export function placeOf(position: bigint): string {
  return position.toString().padStart(digits, '0');
}

/** A place in the order of events, as it is given back to read on from there. */
export const Place = T.String({
  minLength: 1,
  maxLength: 18,
  pattern: '^[0-9]+$',
  description: '`sequence` of an event: what comes after it is read.',
  examples: ['0000000000000042'],
});

/** Types of events as filters name them: one type, or all that begin alike. */
export const EventTypes = T.Array(
  T.String({
    minLength: 1,
    maxLength: 100,
    description: 'A type, or the beginning of several with a `*` behind its dot, such as `stowage.job.*`.',
    examples: ['stowage.job.*'],
  }),
  { minItems: 1, maxItems: 50, description: 'Types of events; those that end in `.*` stand for all that begin so.' },
);

export const Event = object(
  {
    specversion: T.String({ description: 'Version of CloudEvents.', examples: ['1.0'] }),
    id: Uuid,
    source: T.String({ description: 'This installation.', examples: ['urn:stowage:5f3c1d0e8a47019a'] }),
    type: T.String({
      description: 'What has happened; all types are in `docs/events.md`.',
      examples: ['stowage.job.failed'],
    }),
    subject: T.String({
      description: 'Address of what it is about, below `/v1/`.',
      examples: ['jobs/019ab5e4-7c1e-7d3a-9b52-3f6c1d0e8a47'],
    }),
    time: DateTime,
    datacontenttype: T.String({ examples: ['application/json'] }),
    sequence: T.String({
      description: 'Its place among all events: what was recorded later has a greater one, compared as text.',
      examples: ['0000000000000042'],
    }),
    host: nullable(HostName),
    volume: nullable(T.String({ description: 'Name of the volume.' })),
    project: nullable(ProjectName),
    data: T.Unsafe<Readonly<Record<string, unknown>>>(
      T.Object(
        {},
        {
          additionalProperties: true,
          'x-gql': 'JSON',
          description: 'What belongs to the type.',
          examples: [{ job: '019ab5e4-7c1e-7d3a-9b52-3f6c1d0e8a47', kind: 'volume_backup' }],
        },
      ),
    ),
  },
  {
    $id: 'Event',
    description:
      'Something that has happened, as a CloudEvent 1.0 in JSON. `sequence` is the CloudEvents extension of this name; `host`, `volume` and `project` are extensions of our own.',
  },
);
export type Event = Static<typeof Event>;
export const EventPage = page(Event, 'Event');

export const EventBatch = object(
  {
    items: T.Array(Event),
    sequence: T.String({
      description: 'Where to read on: `after` of the next reading.',
      examples: ['0000000000000042'],
    }),
    hasMore: T.Boolean({ description: 'Whether there is more to read at once.' }),
  },
  { $id: 'EventBatch', description: 'Events after a place, oldest first.' },
);
export type EventBatch = Static<typeof EventBatch>;
