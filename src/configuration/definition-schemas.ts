import Value from 'typebox/value';
import type { ContainerDefinition, NetworkDefinition } from '../engine/definition-objects.ts';
import type { VolumeSpec } from '../engine/engine-objects.ts';
import { fail } from '../errors.ts';
import { T } from '../schema.ts';

/** A name that the engine gives; it becomes part of addresses, so it is no `..`. */
const Name = T.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$' });
const NetworkName = T.String({ minLength: 1, maxLength: 255, pattern: '^(?!\\.{1,2}$)[^/\\u0000-\\u001f]+$' });
const Anything = T.Record(T.String(), T.Unknown());
const Strings = T.Record(T.String(), T.String());
const Texts = T.Array(T.String());

const Container = T.Object({
  name: Name,
  image: T.Object({ id: T.String({ pattern: '^sha256:[0-9a-f]{64}$' }), reference: T.String() }),
  state: T.String(),
  labels: Strings,
  config: Anything,
  hostConfig: Anything,
  endpoints: T.Record(
    NetworkName,
    T.Object({ aliases: Texts, links: Texts, addresses: T.Union([Anything, T.Null()]), options: Strings }),
  ),
  volumes: T.Array(Name),
  needs: T.Array(Name),
});

const Network = T.Object({
  name: NetworkName,
  driver: T.String(),
  internal: T.Boolean(),
  attachable: T.Boolean(),
  ipv6: T.Boolean(),
  options: Strings,
  labels: Strings,
  addressDriver: T.String(),
  addressOptions: Strings,
  subnets: T.Array(Anything),
});

const Volume = T.Object({ name: Name, driver: T.String(), options: Strings, labels: Strings });

/** Definitions as a snapshot has them: whoever writes into the repository may have made them up. Throws `snapshot_unsuitable`. */
export function parseContainer(json: string, file: string): ContainerDefinition {
  const value = read(json, file);
  if (Value.Check(Container, value)) return value;
  throw unreadable(file);
}

/** As {@link parseContainer}. */
export function parseNetwork(json: string, file: string): NetworkDefinition {
  const value = read(json, file);
  if (Value.Check(Network, value)) return value;
  throw unreadable(file);
}

/** As {@link parseContainer}. */
export function parseVolume(json: string, file: string): VolumeSpec {
  const value = read(json, file);
  if (Value.Check(Volume, value)) return value;
  throw unreadable(file);
}

function read(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Its words could hold a part of what stands there, which may be secret.
    throw unreadable(file);
  }
}

function unreadable(file: string) {
  return fail('snapshot_unsuitable', `The definition ${file} of the snapshot cannot be read; nothing was done.`);
}
