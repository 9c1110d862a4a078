import { nullable, object, type Static, T } from '../schema.ts';
import { PermissionSubjectInput } from './model.ts';
import { RepairRequest } from './repair-model.ts';

/** What a check is asked with, as written down on its job. */
export const CheckInput = object({
  depth: nullable(T.Integer()),
  entries: T.Integer(),
  subjects: T.Array(PermissionSubjectInput),
});
export type CheckInput = Static<typeof CheckInput>;

/** What the planning of a repair is asked with. */
export const PlanInput = object({ request: RepairRequest });

/** What applying or undoing a repair is asked with. */
export const RepairInput = object({ repair: T.String() });
