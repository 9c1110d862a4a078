interface DatabaseKind {
  readonly name: string;
  /** Words of the name of an image that tell it. */
  readonly words: readonly string[];
  /** Where it keeps its data, by version or maker of the image. */
  readonly folders: readonly string[];
}

const kinds: readonly DatabaseKind[] = [
  {
    name: 'PostgreSQL',
    words: ['postgres', 'postgresql', 'postgis', 'timescaledb', 'pgvector'],
    folders: ['/var/lib/postgresql', '/bitnami/postgresql', '/home/postgres/pgdata'],
  },
  { name: 'MariaDB', words: ['mariadb'], folders: ['/var/lib/mysql', '/bitnami/mariadb'] },
  { name: 'MySQL', words: ['mysql', 'percona'], folders: ['/var/lib/mysql', '/bitnami/mysql'] },
  { name: 'MongoDB', words: ['mongo', 'mongodb'], folders: ['/data/db', '/bitnami/mongodb'] },
  { name: 'Redis', words: ['redis', 'valkey', 'keydb'], folders: ['/data', '/bitnami/redis', '/bitnami/valkey'] },
  { name: 'InfluxDB', words: ['influxdb'], folders: ['/var/lib/influxdb', '/var/lib/influxdb2', '/var/lib/influxdb3'] },
  { name: 'Elasticsearch', words: ['elasticsearch'], folders: ['/usr/share/elasticsearch/data'] },
  { name: 'OpenSearch', words: ['opensearch'], folders: ['/usr/share/opensearch/data'] },
  { name: 'ClickHouse', words: ['clickhouse'], folders: ['/var/lib/clickhouse'] },
  { name: 'Cassandra', words: ['cassandra'], folders: ['/var/lib/cassandra'] },
  { name: 'CouchDB', words: ['couchdb'], folders: ['/opt/couchdb/data'] },
  { name: 'Neo4j', words: ['neo4j'], folders: ['/data'] },
];

/** Programs that go with a database and keep none of its data: `postgres-exporter`, `mongo-express`. */
const companions = new Set(
  'exporter backup backups client express commander admin operator proxy router ui web tools cli init migrate migrations bench insight manager agent sidecar monitor controller dashboards kibana'.split(
    ' ',
  ),
);

/** The database that an image is by its name, such as `postgres:17` or `registry:5000/shop/mariadb@sha256:…`; null when it is none. */
export function databaseOf(image: string): DatabaseKind | null {
  const [path = ''] = image.split('@');
  const words = (path.split('/').at(-1) ?? '').split(':')[0]?.toLowerCase().split(/[-_.]/) ?? [];
  if (words.some((word) => companions.has(word))) return null;
  return kinds.find((kind) => kind.words.some((word) => words.includes(word))) ?? null;
}

/** Where a database of this name keeps its data. */
export function dataFoldersOf(name: string): readonly string[] {
  return kinds.find((kind) => kind.name === name)?.folders ?? [];
}
