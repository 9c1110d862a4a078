import type { Ports } from '../context.ts';
import { fail } from '../errors.ts';
import type { RepositorySecret } from '../restic/repository-access.ts';
import type { RepositoryLocation } from '../restic/repository-location.ts';
import { type Credentials, type LocationInput, toCredentials, toLocation } from './location.ts';
import type { RepositoryMedium } from './model.ts';
import { openSecret, sealSecret } from './open-repository.ts';
import * as store from './store.ts';

type Row = NonNullable<Awaited<ReturnType<typeof store.findRepositoryRow>>>;

interface Patch extends LocationInput, Credentials {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  readonly isDefault?: boolean | undefined;
  readonly medium?: RepositoryMedium | undefined;
  readonly offSite?: boolean | undefined;
  readonly appendOnly?: boolean | undefined;
  readonly readOnly?: boolean | undefined;
  readonly copyTo?: readonly string[] | undefined;
}

/** Edits a repository. Throws `invalid_input`, `repository_not_found` (in `copyTo`), `repository_exists` and `version_mismatch`. */
export async function editRepository(
  ports: Ports,
  row: Row,
  patch: Patch,
  expectedVersion: number | undefined,
): Promise<void> {
  const { name, isDefault, medium, offSite, appendOnly, readOnly } = patch;
  const location = editedLocation(store.locationOf(row), patch);
  const secret = editedSecret(location ?? store.locationOf(row), openSecret(ports, row), patch);
  const copyTo = patch.copyTo === undefined ? undefined : await store.idsOf(ports.db, patch.copyTo);
  if (copyTo?.includes(row.id) === true)
    throw fail('invalid_input', `Repository "${row.name}" cannot be copied to itself; take it out of \`copyTo\`.`);
  await store.updateRepository(
    ports.db,
    row.id,
    {
      name,
      isDefault,
      medium,
      offSite,
      appendOnly,
      readOnly,
      copyTo,
      location,
      secret: secret === undefined ? undefined : sealSecret(ports, row.id, secret),
    },
    expectedVersion,
  );
}

/** The place as it will be; undefined when nothing about it is given. A place is given whole, with what else is known of it. */
function editedLocation(before: RepositoryLocation, patch: LocationInput): RepositoryLocation | undefined {
  const { host, volume, path, url, s3, sftp, network, caCertificate } = patch;
  const given = { host, volume, path, url, s3, sftp, network, caCertificate };
  if (Object.values(given).every((value) => value === undefined)) return undefined;
  const names = [volume, path, url, s3, sftp].filter((value) => value !== undefined);
  const after = toLocation({ ...inputOf(before), ...(names.length === 0 ? {} : noPlace), ...definedOf(given) });
  if (after.kind !== before.kind)
    throw fail('invalid_input', 'A repository stays of its kind; create another one for another kind of place.');
  return after;
}

const noPlace = { volume: undefined, path: undefined, url: undefined, s3: undefined, sftp: undefined };

function inputOf(location: RepositoryLocation): LocationInput {
  const { kind: _kind, ...rest } = location;
  if (location.kind !== 's3') return rest as LocationInput;
  const { region, ...s3 } = location.s3;
  return { ...rest, s3: region === null ? s3 : { ...s3, region } };
}

function editedSecret(
  location: RepositoryLocation,
  before: RepositorySecret,
  patch: Credentials & { readonly password?: string | undefined },
): RepositorySecret | undefined {
  const { password, username, userPassword, accessKeyId, secretAccessKey, privateKey } = patch;
  const given = definedOf({ username, userPassword, accessKeyId, secretAccessKey, privateKey });
  const isUntouched = Object.keys(given).length === 0;
  if (isUntouched && password === undefined) return undefined;
  const { password: oldPassword, ...credentials } = before;
  return {
    password: password ?? oldPassword,
    ...(isUntouched ? credentials : toCredentials(location, given)),
  };
}

function definedOf<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
