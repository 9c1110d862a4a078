import type { Database } from '../database/client.ts';
import { newestPosition, testEvent } from '../events/read.ts';

/** Places that are gone through at a time. */
const stride = 1000n;

/**
 * Makes the deliveries of what has happened: for each webhook that is enabled, of the events behind its position that it
 * wants and may see. Any number of replicas may do it at once; each event gets one delivery per webhook.
 */
export async function queueDeliveries(db: Database): Promise<void> {
  const end = await newestPosition(db);
  for (;;) {
    const { _min } = await db.webhook.aggregate({
      where: { isEnabled: true, position: { lt: end } },
      _min: { position: true },
    });
    if (_min.position === null) return;
    await queueUpTo(db, _min.position + stride < end ? _min.position + stride : end);
  }
}

/** A webhook whose position another process has moved meanwhile is looked at as it is then (PostgreSQL checks a row again that it had to wait for). */
async function queueUpTo(db: Database, end: bigint): Promise<void> {
  await db.$executeRaw`
    with due as materialized (
      select id, position, types, project from webhooks where is_enabled and position < ${end} order by id for update
    ), queued as (
      insert into webhook_deliveries (id, webhook_id, event_id, position)
      select gen_random_uuid(), due.id, event.id, event.position from due
      join domain_events event on event.position > due.position and event.position <= ${end} and event.type <> ${testEvent}
        and (due.project is null or event.project = due.project)
        and exists (
          select from jsonb_array_elements_text(due.types) wanted
          where wanted = event.type or (wanted like '%.*' and starts_with(event.type, left(wanted, -1))))
      on conflict (webhook_id, event_id) do nothing
    )
    update webhooks set position = ${end} from due where webhooks.id = due.id`;
}
