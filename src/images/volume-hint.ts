import type { ChangeKind } from './model.ts';

interface DataFolder {
  readonly folder: string;
  readonly what: string;
}

/** Where programs keep what must outlive their container. */
const dataFolders: readonly DataFolder[] = [
  { folder: '/var/lib/postgresql', what: 'the data of PostgreSQL' },
  { folder: '/var/lib/mysql', what: 'the data of MySQL or MariaDB' },
  { folder: '/var/lib/mongodb', what: 'the data of MongoDB' },
  { folder: '/data/db', what: 'the data of MongoDB' },
  { folder: '/var/lib/redis', what: 'the data of Redis' },
  { folder: '/var/lib/rabbitmq', what: 'the data of RabbitMQ' },
  { folder: '/var/lib/cassandra', what: 'the data of Cassandra' },
  { folder: '/var/lib/influxdb', what: 'the data of InfluxDB' },
  { folder: '/var/lib/grafana', what: 'the data of Grafana' },
  { folder: '/var/lib/clickhouse', what: 'the data of ClickHouse' },
  { folder: '/var/lib/neo4j', what: 'the data of Neo4j' },
  { folder: '/usr/share/elasticsearch', what: 'the data of Elasticsearch' },
  { folder: '/var/lib/elasticsearch', what: 'the data of Elasticsearch' },
  { folder: '/var/jenkins_home', what: 'the data of Jenkins' },
  { folder: '/var/log', what: 'logs' },
  { folder: '/data', what: 'data' },
  { folder: '/srv', what: 'data' },
];

const dataNames: readonly string[] = ['uploads', 'logs', 'backups'];

/** What to do about a folder whose data a container keeps in its writable layer, where it is lost with the container; null where nothing speaks for that. */
export function volumeHint(folder: string, kind: ChangeKind): string | null {
  if (kind === 'deleted') return null;
  const known = dataFolders.find((data) => folder === data.folder || folder.startsWith(`${data.folder}/`));
  if (known !== undefined) return sentence(known.folder, known.what);
  const names = folder.split('/');
  const at = names.findIndex((name) => dataNames.includes(name));
  return at === -1 ? null : sentence(names.slice(0, at + 1).join('/'), names[at] ?? 'data');
}

function sentence(folder: string, what: string): string {
  return `${folder} holds ${what} in the writable layer, which is lost with the container: mount a volume at ${folder}.`;
}
