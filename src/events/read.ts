import type { Ports } from '../context.ts';
import { forgetEvents } from './store.ts';

export { testEvent } from './catalogue.ts';
export { recordEvent, recordEvents } from './record.ts';
export { findEvents, newestPosition } from './store.ts';
export { typesMatching } from './type-filter.ts';

/** This installation, as the source of its events (CloudEvents); it stays the same when the database is lost. */
export function sourceOf({ vault }: Pick<Ports, 'vault'>): string {
  return `urn:stowage:${vault.installation}`;
}

/** Forgets the events that are older than `eventDays`. */
export async function forgetOldEvents({ db, config }: Pick<Ports, 'db' | 'config'>): Promise<void> {
  await forgetEvents(db, new Date(Date.now() - config.eventDays * 86_400_000));
}
