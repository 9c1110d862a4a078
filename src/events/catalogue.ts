import type { Static, TObject } from 'typebox';
import { nullable, object, T } from '../schema.ts';

/** What a type of events says: when it happens, and what its `data` holds. */
export interface EventDeclaration<Data extends TObject = TObject> {
  readonly summary: string;
  readonly data: Data;
}

function event<Data extends TObject>(summary: string, data: Data): EventDeclaration<Data> {
  return Object.freeze({ summary, data });
}

const text = (description: string) => T.String({ description });

const findingData = object({
  finding: text('Id of the finding.'),
  rule: text('Id of the rule, such as `MNT-001`.'),
  severity: text('critical, high, medium, low or info.'),
  detail: text('What is so in this case.'),
  container: nullable(text('Name of the container.')),
  target: nullable(text('Path in the container, of a mount.')),
});

const jobData = object({
  job: text('Id of the job.'),
  kind: text('What the job does, such as `volume_backup`.'),
  requestedBy: text('Subject that asked for the job.'),
  attempts: T.Integer({ minimum: 0, maximum: 1000, description: 'Attempts that were made.' }),
  error: nullable(object({ code: text('Code of the error catalogue.'), detail: text('What went wrong.') })),
});

const volumeData = object({ driver: text('Driver of the volume.'), kind: text('named or anonymous.') });

const shareRuleData = object({
  share: text('Name of the share.'),
  rule: text('Id of the access rule.'),
  access: text('ro or rw.'),
  subject: text('Whom the rule is about, in words.'),
  actor: text('Subject that did it; `system` for the end of its time.'),
  reason: nullable(text('Why, in the words of who did it.')),
});

/**
 * Every type of events. A type is a promise to its readers: it is never renamed, and its data only gets more fields. A domain
 * adds its own here, and records them with `recordEvent`.
 */
export const eventCatalogue = {
  'stowage.finding.opened': event('A rule of findings is broken.', findingData),
  'stowage.finding.resolved': event(
    'A rule that was broken is kept again, or what broke it is gone.',
    object({ ...findingData.properties, openedAt: text('When it was opened, RFC 3339.') }),
  ),
  'stowage.host.away': event(
    'The Docker engine of a host does not answer any more.',
    object({ error: text('Why it is taken to be away.') }),
  ),
  'stowage.host.back': event(
    'The Docker engine of a host that was away answers again.',
    object({ engineVersion: text('Version of the engine.') }),
  ),
  'stowage.job.canceled': event('A job was canceled before it was done.', jobData),
  'stowage.job.failed': event('A job failed, and is not tried again.', jobData),
  'stowage.job.succeeded': event('A job has done its work.', jobData),
  'stowage.share.denied': event('A request for access to a share was denied.', shareRuleData),
  'stowage.share.expired': event('The time of an access rule is over, or that of a request.', shareRuleData),
  'stowage.share.granted': event('Access to a share was given, or a request for it approved.', shareRuleData),
  'stowage.share.requested': event('Somebody asks for access to a share.', shareRuleData),
  'stowage.share.revoked': event('Access to a share was taken back.', shareRuleData),
  'stowage.webhook.disabled': event(
    'A webhook was disabled because its receiver failed for too long, or wants no more.',
    object({
      webhook: text('Id of the webhook.'),
      host: text('Host of the receiver.'),
      reason: text('Why it was disabled.'),
    }),
  ),
  'stowage.webhook.tested': event(
    'Somebody has tried a webhook. Only this webhook is sent it.',
    object({ webhook: text('Id of the webhook.'), requestedBy: text('Subject that asked for it.') }),
  ),
  'stowage.volume.created': event(
    'A volume is new on a host. What was there when the host was looked at first is not told.',
    volumeData,
  ),
  'stowage.volume.deleted': event('A volume is gone from its host, whoever removed it.', volumeData),
} as const satisfies Record<string, EventDeclaration>;

export type EventType = keyof typeof eventCatalogue;
export type EventData<Type extends EventType> = Static<(typeof eventCatalogue)[Type]['data']>;

/** The event that a webhook is tried with. */
export const testEvent = 'stowage.webhook.tested';

export const eventTypes = Object.keys(eventCatalogue) as EventType[];
