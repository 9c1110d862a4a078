import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Static, Type as T } from 'typebox';
import Value from 'typebox/value';

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
  STOWAGE_UNDELETE_HOURS: positive(168, 'How long a deleted volume can be brought back.'),
  STOWAGE_SESSION_SECONDS: positive(900, 'Life of a JWT that an API key is exchanged for.'),
  STOWAGE_BODY_BYTES: positive(1_048_576, 'Largest request body.'),
  STOWAGE_QUERY_DEPTH: positive(15, 'Deepest GraphQL query.'),
  STOWAGE_QUERY_COST: positive(20_000, 'Most objects that a GraphQL query may ask for.'),
  STOWAGE_OIDC_ISSUER: T.Optional(T.String({ description: 'OIDC issuer whose tokens are accepted.' })),
  STOWAGE_OIDC_AUDIENCE: T.Optional(T.String({ description: 'Audience that a token of the issuer must have.' })),
  STOWAGE_OIDC_JWKS_URL: T.Optional(T.String({ description: 'Keys of the issuer; found by discovery when not set.' })),
});

export const roles = ['api', 'worker', 'watcher'] as const;
export type ProcessRole = (typeof roles)[number];

/** All settings of a process, read once at its start. Times are seconds, sizes bytes, folders absolute. */
export type Config = ReturnType<typeof readConfig>;

/** The settings of this process; `--roles` on its command line wins over the environment. */
export function configOfProcess(): Config {
  const { values } = parseArgs({ options: { roles: { type: 'string' } } });
  return readConfig({ ...process.env, ...(values.roles === undefined ? {} : { STOWAGE_ROLES: values.roles }) });
}

/** Reads the settings from environment variables. Throws an Error that names every variable that does not fit. */
export function readConfig(environment: Record<string, string | undefined>) {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in Environment.properties && value),
  );
  const values = Value.Convert(Environment, Value.Default(Environment, given));
  if (!Value.Check(Environment, values)) throw new Error(`Bad configuration: ${misfits(values)}`);
  const stateFolder = resolve(values.STOWAGE_STATE);
  return {
    listen: { host: values.STOWAGE_LISTEN, port: values.STOWAGE_PORT },
    stateFolder,
    roles: readRoles(values.STOWAGE_ROLES),
    logLevel: values.STOWAGE_LOG_LEVEL,
    databaseUrl: values.DATABASE_URL,
    dockerHost: values.DOCKER_HOST,
    masterKey: values.STOWAGE_MASTER_KEY,
    masterKeyFile: resolve(values.STOWAGE_MASTER_KEY_FILE ?? resolve(stateFolder, 'master.key')),
    helper: { reference: values.STOWAGE_HELPER_IMAGE, archive: values.STOWAGE_HELPER_ARCHIVE },
    defaultRepository: { url: values.STOWAGE_REPOSITORY_URL, network: values.STOWAGE_REPOSITORY_NETWORK },
    inventorySeconds: values.STOWAGE_INVENTORY_SECONDS,
    hostJobs: values.STOWAGE_HOST_JOBS,
    repositoryJobs: values.STOWAGE_REPOSITORY_JOBS,
    jobStallSeconds: values.STOWAGE_JOB_STALL_SECONDS,
    jobAttempts: values.STOWAGE_JOB_ATTEMPTS,
    jobBackoffSeconds: values.STOWAGE_JOB_BACKOFF_SECONDS,
    workerHeartbeatSeconds: values.STOWAGE_WORKER_HEARTBEAT_SECONDS,
    undeleteHours: values.STOWAGE_UNDELETE_HOURS,
    sessionSeconds: values.STOWAGE_SESSION_SECONDS,
    bodyBytes: values.STOWAGE_BODY_BYTES,
    queryDepth: values.STOWAGE_QUERY_DEPTH,
    queryCost: values.STOWAGE_QUERY_COST,
    oidc: readIssuer(values),
  };
}

/** Without an audience, a token that the issuer made for any other application would be good here. */
function readIssuer({
  STOWAGE_OIDC_ISSUER: issuer,
  STOWAGE_OIDC_AUDIENCE: audience,
  STOWAGE_OIDC_JWKS_URL: jwksUrl,
}: Static<typeof Environment>) {
  if (issuer === undefined) return undefined;
  if (audience === undefined)
    throw new Error('Bad configuration: STOWAGE_OIDC_AUDIENCE must be set with STOWAGE_OIDC_ISSUER.');
  for (const address of [issuer, jwksUrl ?? issuer])
    if (!URL.canParse(address))
      throw new Error(
        `Bad configuration: STOWAGE_OIDC_ISSUER and STOWAGE_OIDC_JWKS_URL are addresses; "${address}" is none.`,
      );
  return { issuer, audience, jwksUrl };
}

function misfits(values: unknown): string {
  return Value.Errors(Environment, values)
    .map((error) => `${error.instancePath.slice(1)} ${error.message}`)
    .join('; ');
}

function readRoles(text: string): ReadonlySet<ProcessRole> {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !roles.some((role) => role === name));
  if (unknown !== undefined)
    throw new Error(`Bad configuration: STOWAGE_ROLES knows ${roles.join(', ')}, not "${unknown}".`);
  return new Set(roles.filter((role) => names.includes(role)));
}
