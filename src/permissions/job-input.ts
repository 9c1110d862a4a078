import { nullable, object, type Static, T } from '../schema.ts';
import { PermissionSubjectInput } from './model.ts';

/** What a check is asked with, as written down on its job. */
export const CheckInput = object({
  depth: nullable(T.Integer()),
  entries: T.Integer(),
  subjects: T.Array(PermissionSubjectInput),
});
export type CheckInput = Static<typeof CheckInput>;
