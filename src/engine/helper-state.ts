import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import { type Connection, patience } from './connection.ts';
import { exceptStatus } from './except-status.ts';
import type { HelperContainer, ListedHelper } from './helper.ts';
import { objectPath } from './object-path.ts';

const never = '0001-01-01T00:00:00Z';

/** Implements {@link Engine.findHelper}. */
export async function findHelper({ docker, ask }: Connection, idOrName: string): Promise<HelperContainer | null> {
  const handle = docker.getContainer(objectPath(idOrName));
  const found = await ask(patience.question, (abortSignal) => handle.inspect({ abortSignal }).catch(exceptStatus(404)));
  return found === undefined ? null : toHelper(found);
}

function toHelper({ Id, Name, Config, State, Created }: ContainerInspectInfo): HelperContainer {
  const state = stateOf(State.Status);
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    labels: Config.Labels ?? {},
    state,
    exitCode: state === 'exited' ? State.ExitCode : null,
    createdAt: new Date(Created),
    finishedAt: state === 'exited' && State.FinishedAt !== never ? new Date(State.FinishedAt) : null,
  };
}

/** A helper as the engine lists it, to the second. */
export function toListedHelper({ Id, Names, Labels, State, Created }: ContainerInfo): ListedHelper {
  return {
    id: Id,
    name: (Names[0] ?? Id).replace(/^\//, ''),
    labels: Labels ?? {},
    state: stateOf(State),
    createdAt: new Date(Created * 1000),
  };
}

function stateOf(status: string): HelperContainer['state'] {
  if (status === 'created') return 'created';
  return status === 'exited' || status === 'dead' || status === 'removing' ? 'exited' : 'running';
}
