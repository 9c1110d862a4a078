/** What went wrong, by who can mend it; only the edge (`server/`) knows which HTTP status a kind has. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'precondition'
  | 'limit'
  | 'upstream'
  | 'unavailable'
  | 'internal';

interface CatalogueEntry {
  readonly kind: ErrorKind;
  readonly title: string;
  /** A job attempt that ended with this may succeed when it is tried again. */
  readonly retryable?: true;
}

/** Every error that Stowage answers with. A code is a promise to callers: it is never renamed. */
export const catalogue = {
  invalid_input: { kind: 'invalid', title: 'The request does not fit the schema' },
  invalid_cursor: { kind: 'invalid', title: 'The cursor is not one of this list' },
  invalid_json: { kind: 'invalid', title: 'The body is not valid JSON' },
  invalid_query: { kind: 'invalid', title: 'The GraphQL document is not valid' },
  query_too_deep: { kind: 'invalid', title: 'The GraphQL query is nested too deeply' },
  query_too_costly: { kind: 'invalid', title: 'The GraphQL query asks for too much at once' },
  confirmation_required: { kind: 'invalid', title: 'The destruction is not confirmed' },
  volume_name_invalid: { kind: 'invalid', title: 'Docker does not accept this volume name' },
  volume_options_invalid: { kind: 'invalid', title: 'The volume driver does not accept these options' },
  volume_name_refused: { kind: 'invalid', title: 'The name fits no naming style of this installation' },
  container_spec_invalid: { kind: 'invalid', title: 'The container specification cannot be read' },
  compose_invalid: { kind: 'invalid', title: 'The compose file cannot be read' },
  folder_not_allowed: { kind: 'invalid', title: 'The folder is outside the allowed roots' },
  idempotency_key_invalid: { kind: 'invalid', title: 'The idempotency key is not usable' },
  unsupported_media_type: { kind: 'invalid', title: 'The body has a media type that is not supported' },
  body_too_large: { kind: 'limit', title: 'The body is too large' },
  rate_limited: { kind: 'limit', title: 'Too many requests' },
  unauthenticated: { kind: 'unauthenticated', title: 'No valid credential was given' },
  token_expired: { kind: 'unauthenticated', title: 'The credential has expired' },
  service_account_disabled: { kind: 'unauthenticated', title: 'The service account may not be used' },
  token_revoked: { kind: 'unauthenticated', title: 'The credential was revoked' },
  forbidden: { kind: 'forbidden', title: 'The caller has no role that allows this' },
  share_access_refused: { kind: 'forbidden', title: 'No rule of the share allows this' },
  route_not_found: { kind: 'missing', title: 'There is nothing at this address' },
  host_not_found: { kind: 'missing', title: 'There is no such host' },
  volume_not_found: { kind: 'missing', title: 'There is no such volume' },
  deleted_volume_not_found: { kind: 'missing', title: 'There is no such deleted volume to bring back' },
  compose_project_not_found: { kind: 'missing', title: 'There is no such Compose project with volumes' },
  backup_not_found: { kind: 'missing', title: 'There is no such backup of the Compose project' },
  database_not_found: { kind: 'missing', title: 'There is no such database' },
  container_not_found: { kind: 'missing', title: 'There is no such container' },
  image_not_found: { kind: 'missing', title: 'There is no such image' },
  finding_not_found: { kind: 'missing', title: 'There is no such finding' },
  finding_rule_not_found: { kind: 'missing', title: 'There is no such rule' },
  mount_preset_not_found: { kind: 'missing', title: 'There is no such mount preset' },
  permission_check_not_found: { kind: 'missing', title: 'There is no such permission check' },
  permission_repair_not_found: { kind: 'missing', title: 'There is no such permission repair' },
  prune_plan_not_found: { kind: 'missing', title: 'There is no such prune plan' },
  data_class_not_found: { kind: 'missing', title: 'There is no such class of data' },
  snapshot_hold_not_found: { kind: 'missing', title: 'There is no such hold on the snapshot' },
  policy_not_found: { kind: 'missing', title: 'There is no such policy' },
  repository_not_found: { kind: 'missing', title: 'There is no such repository' },
  snapshot_not_found: { kind: 'missing', title: 'There is no such snapshot' },
  archive_not_found: { kind: 'missing', title: 'There is no such archive in the volume' },
  path_not_found: { kind: 'missing', title: 'There is no such path in the snapshot' },
  webhook_not_found: { kind: 'missing', title: 'There is no such webhook' },
  webhook_delivery_not_found: { kind: 'missing', title: 'There is no such delivery of the webhook' },
  job_not_found: { kind: 'missing', title: 'There is no such job' },
  token_not_found: { kind: 'missing', title: 'There is no such API key' },
  share_not_found: { kind: 'missing', title: 'There is no such share' },
  share_attachment_not_found: { kind: 'missing', title: 'There is no such attachment' },
  share_rule_not_found: { kind: 'missing', title: 'There is no such access rule' },
  service_account_not_found: { kind: 'missing', title: 'There is no such service account' },
  role_binding_not_found: { kind: 'missing', title: 'There is no such role binding' },
  volume_exists: { kind: 'conflict', title: 'A volume of this name exists already' },
  volume_in_use: { kind: 'conflict', title: 'Containers use the volume' },
  volume_shared: { kind: 'conflict', title: 'The volume is shared' },
  own_container: { kind: 'conflict', title: 'The container belongs to Stowage itself' },
  container_exists: { kind: 'conflict', title: 'A container of this name exists already' },
  network_exists: { kind: 'conflict', title: 'A network of this name exists already' },
  image_name_taken: { kind: 'conflict', title: 'The name of the image is that of another one' },
  configuration_incomplete: { kind: 'conflict', title: 'What the definitions need is neither on the host nor kept' },
  container_not_running: { kind: 'conflict', title: 'The container does not run' },
  volume_has_job: { kind: 'conflict', title: 'A job works on the volume' },
  finding_resolved: { kind: 'conflict', title: 'The finding is resolved already' },
  mount_preset_exists: { kind: 'conflict', title: 'A mount preset of this name exists already' },
  mount_preset_fixed: { kind: 'conflict', title: 'The preset is one that every installation has' },
  permission_plan_outdated: { kind: 'conflict', title: 'What the permission repair was planned from has changed' },
  permission_repair_refused: { kind: 'conflict', title: 'The permission repair would break a database' },
  permission_repair_applied: { kind: 'conflict', title: 'The permission repair was applied already' },
  permission_repair_not_undoable: { kind: 'conflict', title: 'The permission repair cannot be undone' },
  prune_plan_outdated: { kind: 'conflict', title: 'What the plan was made from has changed' },
  prune_plan_applied: { kind: 'conflict', title: 'The plan was applied already' },
  webhook_disabled: { kind: 'conflict', title: 'The webhook is disabled' },
  events_forgotten: { kind: 'conflict', title: 'Some of these events are not kept any more' },
  not_measured: { kind: 'conflict', title: 'It has not been measured yet' },
  repository_exists: { kind: 'conflict', title: 'A repository of this name exists already' },
  repository_in_use: { kind: 'conflict', title: 'Snapshots or jobs still need the repository' },
  snapshot_held: { kind: 'conflict', title: 'A hold keeps the snapshot' },
  retention_outdated: { kind: 'conflict', title: 'What would go has changed since it was looked at' },
  policy_exists: { kind: 'conflict', title: 'A policy of this name exists already' },
  share_exists: { kind: 'conflict', title: 'The name is taken, or the volume is shared already' },
  share_void: { kind: 'conflict', title: 'The volume of the share is gone, or of another project' },
  share_violation: { kind: 'conflict', title: 'The container uses the share against its rules' },
  share_rule_exists: { kind: 'conflict', title: 'There is a rule for this subject already' },
  share_rule_closed: { kind: 'conflict', title: 'The state of the rule does not allow this' },
  token_ended: { kind: 'conflict', title: 'The API key cannot be used any more' },
  token_limit_reached: { kind: 'conflict', title: 'The subject has as many API keys as it may have' },
  service_account_exists: { kind: 'conflict', title: 'The name was given to a service account already' },
  repositories_apart: { kind: 'conflict', title: 'No helper can copy between the two repositories' },
  repository_append_only: { kind: 'conflict', title: 'Nothing can be removed from the repository' },
  snapshot_unsuitable: { kind: 'conflict', title: 'The snapshot does not fit what it is to be restored into' },
  snapshot_in_use: { kind: 'conflict', title: 'The snapshot is needed' },
  repository_read_only: { kind: 'conflict', title: 'The repository is only read' },
  role_binding_exists: { kind: 'conflict', title: 'The subject has this role already' },
  last_admin: { kind: 'conflict', title: 'Nobody could administer everything any more' },
  job_finished: { kind: 'conflict', title: 'The job has ended already' },
  job_not_finished: { kind: 'conflict', title: 'The job has not ended yet' },
  volume_driver_missing: { kind: 'conflict', title: 'The driver of the volume is not on the engine' },
  archive_invalid: { kind: 'conflict', title: 'The archive cannot be unpacked' },
  path_not_a_file: { kind: 'conflict', title: 'The path in the snapshot is not a regular file' },
  path_not_a_folder: { kind: 'conflict', title: 'The path in the snapshot is not a folder' },
  idempotency_key_reused: { kind: 'conflict', title: 'The idempotency key was used for another request' },
  idempotency_in_progress: { kind: 'conflict', title: 'The first request with this idempotency key has not ended yet' },
  version_mismatch: { kind: 'precondition', title: 'The resource has changed since it was read' },
  host_unavailable: { kind: 'unavailable', title: 'The Docker engine of the host does not answer', retryable: true },
  issuer_unavailable: { kind: 'unavailable', title: 'The OIDC issuer does not answer', retryable: true },
  database_unavailable: { kind: 'unavailable', title: 'The database does not answer', retryable: true },
  engine_error: { kind: 'upstream', title: 'The Docker engine refused the request' },
  helper_interrupted: {
    kind: 'upstream',
    title: 'The helper container was ended before its work was done',
    retryable: true,
  },
  helper_failed: { kind: 'upstream', title: 'The helper container failed' },
  helper_image_missing: { kind: 'upstream', title: 'The helper image is not on the host', retryable: true },
  repository_locked: { kind: 'upstream', title: 'Another process has locked the repository', retryable: true },
  repository_missing: { kind: 'upstream', title: 'There is no restic repository at the location' },
  repository_password_wrong: { kind: 'upstream', title: 'The password does not open the repository' },
  repository_credentials_wrong: {
    kind: 'upstream',
    title: 'The server of the repository does not accept the credentials',
  },
  repository_bucket_missing: { kind: 'upstream', title: 'The bucket of the repository does not exist' },
  repository_host_key_wrong: { kind: 'upstream', title: 'The server of the repository shows an unknown host key' },
  repository_certificate_wrong: { kind: 'upstream', title: 'The certificate of the repository server is not trusted' },
  repository_mistaken: { kind: 'upstream', title: 'Another restic repository is at the place of this one' },
  restic_unsupported: { kind: 'upstream', title: 'The restic of the helper image is too old' },
  repository_not_writable: { kind: 'upstream', title: 'The repository cannot be written to' },
  repository_unreachable: { kind: 'upstream', title: 'The repository cannot be reached', retryable: true },
  repository_damaged: { kind: 'upstream', title: 'Data in the repository is damaged' },
  repository_full: { kind: 'upstream', title: 'The repository has no space left' },
  copy_failed: { kind: 'upstream', title: 'restic could not copy the snapshot' },
  backup_partial: { kind: 'upstream', title: 'Some files could not be read' },
  backup_failed: { kind: 'upstream', title: 'restic could not make the backup' },
  restore_failed: { kind: 'upstream', title: 'restic could not restore the snapshot' },
  restore_incomplete: { kind: 'upstream', title: 'What was restored differs from the snapshot' },
  volume_full: { kind: 'upstream', title: 'The file system of the volume has no space left' },
  folder_missing: { kind: 'upstream', title: 'The folder is not on the host' },
  folder_blocked: { kind: 'upstream', title: 'Something that is no folder is in the way' },
  folder_escapes: { kind: 'upstream', title: 'A link leads out of the allowed root' },
  measurement_failed: { kind: 'upstream', title: 'The host could not be measured' },
  prune_incomplete: { kind: 'upstream', title: 'Not everything that the plan names could be removed' },
  permission_repair_incomplete: { kind: 'upstream', title: 'Not every entry could be changed' },
  job_stalled: { kind: 'upstream', title: 'The job made no progress within its time limit' },
  job_canceled: { kind: 'conflict', title: 'The job was canceled' },
  dump_failed: { kind: 'upstream', title: 'The database could not write its dump' },
  image_save_failed: { kind: 'upstream', title: 'The engine could not save the image' },
  image_load_failed: { kind: 'upstream', title: 'The engine could not load the image' },
  container_not_started: { kind: 'upstream', title: 'A container that was restored cannot start' },
  database_not_ready: { kind: 'upstream', title: 'The database does not answer' },
  database_restore_failed: { kind: 'upstream', title: 'The database could not take the dump' },
  restored_database_unusable: { kind: 'upstream', title: 'A database server cannot work with what was restored' },
  hook_failed: { kind: 'upstream', title: 'A hook of the backup failed' },
  consistency_lost: {
    kind: 'upstream',
    title: 'Something wrote to the volume while it was to be at rest',
    retryable: true,
  },
  containers_at_rest: { kind: 'upstream', title: 'Another job has the containers at rest', retryable: true },
  start_window_missed: { kind: 'upstream', title: 'The job could not begin within its start window' },
  completion_window_missed: { kind: 'upstream', title: 'The job did not end within its completion window' },
  containers_not_restarted: { kind: 'upstream', title: 'Containers that were stopped could not be started again' },
  engine_setup_unavailable: { kind: 'unavailable', title: 'No Docker engine was found and none can be started here' },
  master_key_wrong: { kind: 'internal', title: 'The master key does not open the stored secrets' },
  internal: { kind: 'internal', title: 'An unexpected error' },
} as const satisfies Record<string, CatalogueEntry>;

/** A stable error code of the catalogue. */
export type ErrorCode = keyof typeof catalogue;

/** One reason why an input was refused: where (JSON pointer) and which rule. */
export interface InputIssue {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

/** What a failure carries besides its code: one sentence that says what to do, and the values it speaks of (never a secret). */
export interface FailureDetails {
  readonly detail: string;
  readonly errors?: readonly InputIssue[];
  /** After how many seconds it is worth trying again. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The only error that callers get to see as it is; everything else becomes `internal` at the edge. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: ErrorCode;
  readonly errors: readonly InputIssue[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, { detail, errors, retryAfterSeconds, cause }: FailureDetails) {
    super(detail, cause === undefined ? undefined : { cause });
    this.code = code;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get kind(): ErrorKind {
    return catalogue[this.code].kind;
  }

  get retryable(): boolean {
    const entry: CatalogueEntry = catalogue[this.code];
    return entry.retryable === true;
  }
}

/** Makes a failure from the catalogue: `throw fail('volume_not_found', 'There is no volume "x" on host "local".')`. */
export function fail(code: ErrorCode, details: string | FailureDetails): Failure {
  return new Failure(code, typeof details === 'string' ? { detail: details } : details);
}

/** The failure in an unknown thrown value, if it is one of ours with this code (any code when none is named). */
export function isFailure(error: unknown, code?: ErrorCode): error is Failure {
  return error instanceof Failure && (code === undefined || error.code === code);
}

/** What an error says; of what is thrown and is none, the text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
