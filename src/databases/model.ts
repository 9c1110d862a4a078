import { DateTime, HostName, nullable, object, ProjectName, page, type Static, T, words } from '../schema.ts';
import { DatabaseEngine } from '../snapshots/model.ts';

/** Name of a database within a server. */
export const DatabaseName = T.String({
  minLength: 1,
  maxLength: 63,
  pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*$',
  description: 'Name of a database in its server.',
  examples: ['shop'],
});

export const DatabaseServer = object(
  {
    host: HostName,
    container: object(
      { id: T.String(), name: T.String(), state: T.String() },
      { $id: 'DatabaseContainer', description: 'The container of a database server.' },
    ),
    image: T.String(),
    engine: DatabaseEngine,
    recognisedBy: words(
      'DatabaseRecognition',
      ['image', 'environment', 'volume'],
      'What tells that it is one: the name of its image, its environment, or where its volume is mounted.',
    ),
    volume: nullable(T.String({ description: 'Volume with its data; null where it lies in no volume.' })),
    project: nullable(ProjectName),
    createdAt: nullable(DateTime),
  },
  { $id: 'DatabaseServer', description: 'A container that is a database server, running or not.' },
);
export type DatabaseServer = Static<typeof DatabaseServer>;
export const DatabaseServerPage = page(DatabaseServer, 'DatabaseServer');
