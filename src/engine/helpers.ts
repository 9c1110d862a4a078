import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../errors.ts';
import { type Connection, patience } from './connection.ts';
import type { Engine } from './engine.ts';
import { exceptStatus } from './except-status.ts';
import { type HelperContainer, type HelperSpec, helperLabels, type ListedHelper } from './helper.ts';
import { helperBody } from './helper-body.ts';
import { helperLines } from './helper-output.ts';
import { startHelper } from './helper-start.ts';
import { findHelper, toListedHelper } from './helper-state.ts';
import { streamHelper } from './helper-stream.ts';
import { waitHelper } from './helper-wait.ts';
import { objectPath } from './object-path.ts';
import { serverBody } from './server.ts';

type HelperCalls = Pick<
  Engine,
  | 'createHelper'
  | 'startHelper'
  | 'findHelper'
  | 'listHelpers'
  | 'helperLines'
  | 'waitHelper'
  | 'killHelper'
  | 'removeHelper'
  | 'streamHelper'
>;

const gone = 404;
const busy = 409;
const removalPollMs = 100;

/** What helpers of this installation are made from. */
export interface HelperMaking {
  /** Reference of the helper image on the engine; brings it there first when it is missing. */
  image(): Promise<string>;
  readonly installation: string;
}

/** The part of an engine that is about helper containers. */
export function helperCalls(connection: Connection, making: HelperMaking): HelperCalls {
  return {
    createHelper: (spec) => createHelper(connection, making, spec),
    startHelper: (id, secrets) => startHelper(connection, id, secrets),
    findHelper: (idOrName) => findHelper(connection, idOrName),
    listHelpers: () => listHelpers(connection),
    helperLines: (id, signal) => helperLines(connection, id, signal),
    waitHelper: (id, signal) => waitHelper(connection, id, signal),
    killHelper: (id) => killHelper(connection, id),
    removeHelper: (id) => removeHelper(connection, id),
    streamHelper: (id, secrets) => streamHelper(connection, id, secrets),
  };
}

async function createHelper(
  connection: Connection,
  { image, installation }: HelperMaking,
  spec: HelperSpec,
): Promise<HelperContainer> {
  const { foreign } = spec;
  const body =
    foreign === undefined ? helperBody(spec, await image(), installation) : serverBody(spec, foreign, installation);
  const { docker, ask } = connection;
  const { id } = await ask(patience.change, (abortSignal) => docker.createContainer({ ...body, abortSignal }), {
    404: foreign === undefined ? 'helper_image_missing' : 'image_not_found',
  });
  const created = await findHelper(connection, id);
  if (created === null)
    throw fail('helper_interrupted', `The helper ${spec.name} was removed as soon as it was created.`);
  return created;
}

/** No helper is inspected: the engine answers that of one that hangs in a mount only when the mount is through, the list at once. */
async function listHelpers({ docker, ask }: Connection): Promise<ListedHelper[]> {
  const filters = { label: [helperLabels.installation] };
  const listed = await ask(patience.question, (abortSignal) =>
    docker.listContainers({ all: true, filters, abortSignal }),
  );
  return listed.map(toListedHelper);
}

async function killHelper({ docker, ask }: Connection, id: string): Promise<void> {
  await ask(patience.change, (abortSignal) =>
    docker.getContainer(objectPath(id)).kill({ abortSignal }).catch(exceptStatus(gone, busy)),
  );
}

async function removeHelper(connection: Connection, id: string): Promise<void> {
  const { docker, ask } = connection;
  const handle = docker.getContainer(objectPath(id));
  await ask(patience.change, (abortSignal) =>
    handle.remove({ force: true, v: false, abortSignal }).catch(exceptStatus(gone, busy)),
  );
  // 409: someone else is removing it already.
  while ((await findHelper(connection, id)) !== null) await sleep(removalPollMs);
}
