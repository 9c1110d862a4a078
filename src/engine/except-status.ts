import { statusOf } from './translate-error.ts';

/** For `catch`: a refusal with one of these statuses is an answer (nothing) and no error, such as 404 when one asks whether something exists. */
export function exceptStatus(...statuses: readonly number[]) {
  return (error: unknown): undefined => {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  };
}
