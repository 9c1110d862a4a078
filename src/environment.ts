import { Type as T } from 'typebox';

const positive = (initial: number, description: string) => T.Integer({ minimum: 1, default: initial, description });

/** Every setting, by the name of its environment variable. The table in the README is compared with it by a test. */
export const Environment = T.Object({
  STOWAGE_LISTEN: T.String({ default: '127.0.0.1', description: 'Address to listen on.' }),
  STOWAGE_PORT: T.Integer({
    minimum: 0,
    maximum: 65535,
    default: 8080,
    description: 'Port to listen on; 0 takes a free one.',
  }),
  STOWAGE_STATE: T.String({
    default: '.stowage',
    description: 'Folder for the master key, the admin key and what is embedded.',
  }),
  STOWAGE_ROLES: T.String({
    default: 'api,worker,watcher',
    description: 'What this process does, separated by commas.',
  }),
  STOWAGE_LOG_LEVEL: T.String({ default: 'info', description: 'fatal, error, warn, info, debug, trace or silent.' }),
  DATABASE_URL: T.Optional(T.String({ description: 'PostgreSQL to use; without it an embedded one is started.' })),
  DOCKER_HOST: T.Optional(
    T.String({ description: 'Engine of the host `local`; without it the default socket, else a private engine.' }),
  ),
  STOWAGE_MASTER_KEY: T.Optional(
    T.String({ description: 'Master key, 32 bytes in base64; without it the file STOWAGE_MASTER_KEY_FILE.' }),
  ),
  STOWAGE_MASTER_KEY_FILE: T.Optional(
    T.String({ description: 'File with the master key; `master.key` in the state folder when not set.' }),
  ),
  STOWAGE_HELPER_IMAGE: T.Optional(T.String({ description: 'Reference of a helper image to pull, pinned by digest.' })),
  STOWAGE_HELPER_ARCHIVE: T.Optional(
    T.String({ description: 'Root file system of the helper image as a tar archive, to import.' }),
  ),
  STOWAGE_REPOSITORY_URL: T.Optional(
    T.String({
      description: 'Default repository: a path on the host, or rest:http(s)://…; a Docker volume when not set.',
    }),
  ),
  STOWAGE_REPOSITORY_NETWORK: T.Optional(
    T.String({ description: 'Docker network through which helpers reach the default repository.' }),
  ),
  STOWAGE_INVENTORY_SECONDS: positive(60, 'Time between two full lists of a host.'),
  STOWAGE_HOST_JOBS: positive(4, 'Jobs that may run on one host at a time.'),
  STOWAGE_REPOSITORY_JOBS: positive(4, 'Jobs that may write to one repository at a time.'),
  STOWAGE_JOB_STALL_SECONDS: positive(900, 'A job without progress for this long is ended.'),
  STOWAGE_JOB_ATTEMPTS: positive(3, 'Attempts of a job, the first included.'),
  STOWAGE_JOB_BACKOFF_SECONDS: positive(5, 'Wait before the second attempt; doubled each time.'),
  STOWAGE_WORKER_HEARTBEAT_SECONDS: T.Integer({
    minimum: 10,
    default: 10,
    description: 'A worker silent for this long has lost its jobs.',
  }),
  STOWAGE_MEASURE_SECONDS: T.Integer({
    minimum: 0,
    default: 21_600,
    description: 'Time between two measurements of the space on a host; 0: only when asked for.',
  }),
  STOWAGE_MEASURE_VOLUME_SECONDS: positive(300, 'Longest that the sizing of one volume may take.'),
  STOWAGE_CHECK_SECONDS: T.Integer({
    minimum: 0,
    default: 86400,
    description: 'Time between two checks of a repository; 0: only when asked for.',
  }),
  STOWAGE_CHECK_PARTS: positive(30, 'Each check reads one part of so many of the data of a repository, in turn.'),
  STOWAGE_SCHEDULE_SECONDS: T.Integer({
    minimum: 0,
    default: 10,
    description: 'Time between two looks at which backups are due; 0: no backups by schedule.',
  }),
  STOWAGE_RETENTION_SECONDS: T.Integer({
    minimum: 0,
    default: 3600,
    description: 'Time between two looks at which snapshots no rule keeps; 0: only when asked for.',
  }),
  STOWAGE_PRUNE_SCHEDULE: T.String({
    default: '0 3 * * 0',
    description: 'When repositories are pruned, as cron in UTC; `never`: only when asked for.',
  }),
  STOWAGE_UNCOVERED_SECONDS: T.Integer({
    minimum: 0,
    default: 3600,
    description: 'Age from which a volume that nothing backs up is a finding.',
  }),
  STOWAGE_DRILL_SECONDS: T.Integer({
    minimum: 0,
    default: 0,
    description: 'Time between two restore drills of a volume that has a good snapshot; 0: only when asked for.',
  }),
  STOWAGE_MONITOR_SECONDS: positive(60, 'Time between two readings of what containers read and write.'),
  STOWAGE_HISTORY_DAYS: positive(90, 'How long measurements and resolved findings are kept.'),
  STOWAGE_HEALTH_SECONDS: T.Integer({
    minimum: 0,
    default: 300,
    description: 'Time between two looks at how volumes with several users are doing; 0: only when asked for.',
  }),
  STOWAGE_EVENT_DAYS: positive(30, 'How long events are kept.'),
  STOWAGE_WEBHOOK_NETWORKS: T.Optional(
    T.String({
      description: 'Networks beside the Internet that webhooks may call, such as `10.0.0.0/8`, separated by commas.',
    }),
  ),
  STOWAGE_WEBHOOK_TIMEOUT_SECONDS: positive(15, 'Longest that the receiver of a webhook may take to answer.'),
  STOWAGE_WEBHOOK_ATTEMPTS: positive(12, 'Attempts to deliver an event to a webhook, the first included.'),
  STOWAGE_WEBHOOK_BACKOFF_SECONDS: positive(
    5,
    'Wait before the second attempt; four times as long after each, up to 12 hours.',
  ),
  STOWAGE_WEBHOOK_DISABLE_HOURS: positive(72, 'A webhook without a success for this long is disabled.'),
  STOWAGE_ALLOWED_ROOTS: T.Optional(
    T.String({ description: 'Folders of a host that containers may bind, separated by commas; any when not set.' }),
  ),
  STOWAGE_BIND_FILES: positive(100_000, 'A bind with more entries than this is a finding: watching it is costly.'),
  STOWAGE_WARN_FROM: T.String({
    default: 'low',
    description: 'Severity from which an evaluation of mounts warns: critical, high, medium, low, info or never.',
  }),
  STOWAGE_DENY_FROM: T.String({
    default: 'critical',
    description: 'Severity from which an evaluation of mounts denies: critical, high, medium, low, info or never.',
  }),
  STOWAGE_RULES: T.Optional(
    T.String({
      description: 'Rules that are judged otherwise, such as `MNT-009=off,MNT-007=deny`: off, allow, warn or deny.',
    }),
  ),
  STOWAGE_NAMING: T.String({
    default: 'off',
    description: 'What becomes of a new volume whose name fits no style: off, warn or deny.',
  }),
  STOWAGE_NAMING_STYLES: T.String({
    default: 'project,environment,function',
    description: 'Styles of names that are good, separated by commas.',
  }),
  STOWAGE_PROTECTED_LABELS: T.String({
    default: 'stowage.protect',
    description: 'What has one of these labels, with any value but `false`, is never cleaned up.',
  }),
  STOWAGE_UNDELETE_HOURS: positive(168, 'How long a deleted volume can be brought back.'),
  STOWAGE_SESSION_SECONDS: positive(900, 'Life of a JWT that an API key is exchanged for.'),
  STOWAGE_TRUSTED_PROXIES: T.Optional(
    T.String({
      description:
        'Networks of proxies whose `X-Forwarded-For` tells where a call comes from, such as `10.0.0.0/8`, separated by commas.',
    }),
  ),
  STOWAGE_WRONG_CREDENTIALS: positive(
    60,
    'Wrong credentials that an address may send in a minute; then it waits, but for those that were good before.',
  ),
  STOWAGE_BODY_BYTES: positive(1_048_576, 'Largest request body.'),
  STOWAGE_QUERY_DEPTH: positive(15, 'Deepest GraphQL query.'),
  STOWAGE_QUERY_COST: positive(20_000, 'Most objects that a GraphQL query may ask for.'),
  STOWAGE_OIDC_ISSUER: T.Optional(T.String({ description: 'OIDC issuer whose tokens are accepted.' })),
  STOWAGE_OIDC_AUDIENCE: T.Optional(T.String({ description: 'Audience that a token of the issuer must have.' })),
  STOWAGE_OIDC_CLIENT_ID: T.Optional(
    T.String({
      description: 'Client of the issuer for signing in to the playground; its redirect is /graphiql/login/callback.',
    }),
  ),
  STOWAGE_OIDC_CLIENT_SECRET: T.Optional(T.String({ description: 'Secret of that client, when it has one.' })),
  STOWAGE_PUBLIC_URL: T.Optional(
    T.String({ description: 'Address under which browsers reach Stowage; needed for signing in.' }),
  ),
  STOWAGE_OIDC_JWKS_URL: T.Optional(T.String({ description: 'Keys of the issuer; found by discovery when not set.' })),
});
