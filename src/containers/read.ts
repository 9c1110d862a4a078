import { fail } from '../errors.ts';
import type { Target } from '../operation.ts';
import { findContainer } from './store.ts';

export { findContainer };

/** Operations on a container ask for a grant on its project. */
export const containerTarget: Target<{ host: string; container: string }> = {
  find: ({ ports }, { host, container }) => findContainer(ports.db, host, container),
  absent: ({ host, container }) =>
    fail('container_not_found', `There is no container "${container}" on host "${host}".`),
};
