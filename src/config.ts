import { posix, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import ipaddr from 'ipaddr.js';
import type { Static } from 'typebox';
import Value from 'typebox/value';
import { Environment } from './environment.ts';
import { requireSchedule, type Schedule } from './schedule.ts';

export const roles = ['api', 'worker', 'watcher'] as const;
export type ProcessRole = (typeof roles)[number];

export const severityLimits = ['critical', 'high', 'medium', 'low', 'info', 'never'] as const;
export const ruleTreatments = ['off', 'allow', 'warn', 'deny'] as const;
export type RuleTreatment = (typeof ruleTreatments)[number];
export const namingModes = ['off', 'warn', 'deny'] as const;
export const namingStyles = ['project', 'environment', 'function'] as const;

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
    measureSeconds: values.STOWAGE_MEASURE_SECONDS,
    measureVolumeSeconds: values.STOWAGE_MEASURE_VOLUME_SECONDS,
    monitorSeconds: values.STOWAGE_MONITOR_SECONDS,
    historyDays: values.STOWAGE_HISTORY_DAYS,
    checks: { seconds: values.STOWAGE_CHECK_SECONDS, parts: values.STOWAGE_CHECK_PARTS },
    scheduleSeconds: values.STOWAGE_SCHEDULE_SECONDS,
    retentionSeconds: values.STOWAGE_RETENTION_SECONDS,
    pruneSchedule: readPruneSchedule(values.STOWAGE_PRUNE_SCHEDULE),
    uncoveredSeconds: values.STOWAGE_UNCOVERED_SECONDS,
    drillSeconds: values.STOWAGE_DRILL_SECONDS,
    healthSeconds: values.STOWAGE_HEALTH_SECONDS,
    eventDays: values.STOWAGE_EVENT_DAYS,
    webhooks: {
      networks: readNetworks('STOWAGE_WEBHOOK_NETWORKS', values.STOWAGE_WEBHOOK_NETWORKS),
      timeoutSeconds: values.STOWAGE_WEBHOOK_TIMEOUT_SECONDS,
      attempts: values.STOWAGE_WEBHOOK_ATTEMPTS,
      backoffSeconds: values.STOWAGE_WEBHOOK_BACKOFF_SECONDS,
      disableHours: values.STOWAGE_WEBHOOK_DISABLE_HOURS,
    },
    allowedRoots: readRoots(values.STOWAGE_ALLOWED_ROOTS),
    bindFiles: values.STOWAGE_BIND_FILES,
    policy: {
      warnFrom: oneOf('STOWAGE_WARN_FROM', severityLimits, values.STOWAGE_WARN_FROM),
      denyFrom: oneOf('STOWAGE_DENY_FROM', severityLimits, values.STOWAGE_DENY_FROM),
      rules: readRules(values.STOWAGE_RULES),
    },
    naming: {
      mode: oneOf('STOWAGE_NAMING', namingModes, values.STOWAGE_NAMING),
      styles: listed(values.STOWAGE_NAMING_STYLES).map((word) => oneOf('STOWAGE_NAMING_STYLES', namingStyles, word)),
    },
    protectedLabels: listed(values.STOWAGE_PROTECTED_LABELS),
    undeleteHours: values.STOWAGE_UNDELETE_HOURS,
    sessionSeconds: values.STOWAGE_SESSION_SECONDS,
    wrongCredentials: values.STOWAGE_WRONG_CREDENTIALS,
    trustedProxies: readNetworks('STOWAGE_TRUSTED_PROXIES', values.STOWAGE_TRUSTED_PROXIES),
    bodyBytes: values.STOWAGE_BODY_BYTES,
    queryDepth: values.STOWAGE_QUERY_DEPTH,
    queryCost: values.STOWAGE_QUERY_COST,
    oidc: readIssuer(values),
    login: readLogin(values),
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

/** Signing in needs the address that the issuer sends the browser back to; what a request says of it could be anything. */
function readLogin({
  STOWAGE_OIDC_ISSUER: issuer,
  STOWAGE_OIDC_CLIENT_ID: clientId,
  STOWAGE_OIDC_CLIENT_SECRET: clientSecret,
  STOWAGE_PUBLIC_URL: publicUrl,
}: Static<typeof Environment>) {
  if (clientId === undefined) return undefined;
  if (issuer === undefined || publicUrl === undefined)
    throw new Error(
      'Bad configuration: STOWAGE_OIDC_ISSUER and STOWAGE_PUBLIC_URL must be set with STOWAGE_OIDC_CLIENT_ID.',
    );
  if (!URL.canParse(publicUrl))
    throw new Error(`Bad configuration: STOWAGE_PUBLIC_URL is an address; "${publicUrl}" is none.`);
  return { issuer, clientId, clientSecret, publicUrl };
}

function readPruneSchedule(cron: string): Schedule | null {
  if (cron === 'never') return null;
  const schedule = { cron, timeZone: 'UTC' };
  try {
    requireSchedule(schedule);
    return schedule;
  } catch (cause) {
    throw new Error(
      `Bad configuration: STOWAGE_PRUNE_SCHEDULE: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

function misfits(values: unknown): string {
  return Value.Errors(Environment, values)
    .map((error) => `${error.instancePath.slice(1)} ${error.message}`)
    .join('; ');
}

function listed(text = ''): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function oneOf<const W extends string>(name: string, words: readonly W[], text: string): W {
  const word = words.find((one) => one === text);
  if (word === undefined) throw new Error(`Bad configuration: ${name} knows ${words.join(', ')}, not "${text}".`);
  return word;
}

function readRoots(text: string | undefined): readonly string[] {
  const roots = listed(text);
  const odd = roots.find((root) => root === '/' || root !== posix.normalize(root) || !root.startsWith('/'));
  if (odd !== undefined)
    throw new Error(`Bad configuration: STOWAGE_ALLOWED_ROOTS holds absolute folders below "/"; "${odd}" is none.`);
  return roots;
}

function readNetworks(name: string, text: string | undefined): readonly string[] {
  return listed(text).map((network) => {
    if (!ipaddr.isValidCIDR(network))
      throw new Error(`Bad configuration: ${name} holds networks such as 10.0.0.0/8; "${network}" is none.`);
    return network;
  });
}

/** By id of the rule. */
function readRules(text: string | undefined): ReadonlyMap<string, RuleTreatment> {
  const pairs = listed(text).map((pair) => {
    const [rule = '', treatment = ''] = pair.split('=');
    if (!/^[A-Z]{3}-\d{3}$/.test(rule))
      throw new Error(`Bad configuration: STOWAGE_RULES holds pairs such as MNT-009=off; "${pair}" is none.`);
    return [rule, oneOf('STOWAGE_RULES', ruleTreatments, treatment)] as const;
  });
  return new Map(pairs);
}

function readRoles(text: string): ReadonlySet<ProcessRole> {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !roles.some((role) => role === name));
  if (unknown !== undefined)
    throw new Error(`Bad configuration: STOWAGE_ROLES knows ${roles.join(', ')}, not "${unknown}".`);
  return new Set(roles.filter((role) => names.includes(role)));
}
