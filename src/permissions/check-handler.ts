import Value from 'typebox/value';
import { reaches, scopeOf } from '../access/roles.ts';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { aclText } from './acl.ts';
import type { Subject } from './can-access.ts';
import { fileCapabilities } from './capabilities.ts';
import { type Consumer, consumersOf } from './consumers.ts';
import { octal } from './explain.ts';
import { type IdMap, nameOfSubject, subjectOf } from './id-map.ts';
import { CheckInput } from './job-input.ts';
import { judgeAccess } from './judge-access.ts';
import type { ConsumerAccess, KeptConsumer, RootEntry } from './model.ts';
import type { ContainerUser } from './resolve-user.ts';
import { saveCheck } from './store.ts';
import type { Survey, SurveyReader } from './survey.ts';
import { idMapOf, surveyVolume } from './survey-volume.ts';
import { subjectAskedFor } from './wished-subject.ts';

/** Finds out who may do what in a volume. It only reads, so it shares the volume with other jobs. */
export const checkHandler: JobHandler = {
  locks: ({ host, volume }) => [{ resource: `permission-check/${host}/${volume}`, slots: 1 }],
  authorize(actor, { project, volume }) {
    if (!reaches(scopeOf(actor, 'operate'), project))
      throw fail(
        'forbidden',
        `${actor.subject} may not "operate" on volume "${volume}" any more; nothing was checked.`,
      );
  },
  run: check,
};

/** Somebody whose access is worked out, with what is told of them. */
interface Asker {
  readonly containerId: string | null;
  readonly project: string | null;
  readonly folder: string;
  readonly user: ContainerUser | null;
  readonly subject: Subject | null;
  readonly shown: Pick<ConsumerAccess, 'container' | 'state' | 'target' | 'readOnly' | 'problem'>;
  readonly from: string;
}

async function check(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { ports, host, project, requestedBy } = job;
  const volume = job.volume ?? '';
  const input = Value.Parse(CheckInput, job.input);
  const engine = ports.engines.get(host);
  const found = await engine.findVolume(volume);
  if (found === null) throw fail('volume_not_found', `Volume "${volume}" is not on host "${host}" any more.`);

  const consumers = await consumersOf(engine, found);
  const map = await idMapOf(engine, job);
  const askers = [...consumers.map((consumer) => ofContainer(consumer, map)), ...input.subjects.map(ofRequest)];
  const folders = [...new Set(['', ...askers.map(({ folder }) => folder)])];
  const reader = await surveyVolume(engine, job, volume, { ...input, folders, users: usersOf(askers) });

  const survey = reader.result(0);
  if (survey === undefined || survey === null) throw fail('helper_failed', 'The helper has not told what it saw.');
  const kept = askers.map((asker) => judge(asker, folders, reader));
  const { entries, isComplete, vanished } = survey;
  await saveCheck(ports.db, {
    id: job.id,
    host,
    volume,
    project,
    entries,
    isComplete,
    vanished,
    consumers: kept,
    requestedBy,
  });
  // What a container may not do is a finding.
  await ports.notices.publish({ topic: 'inventory', id: host });
  return { entries, seconds: (Date.now() - startedAt) / 1000 };
}

function ofContainer(consumer: Consumer, map: IdMap | null): Asker {
  const { user, capabilities, readOnly, sharesUsers, problem, name, state, target, ...rest } = consumer;
  const subject = user === null ? null : subjectOf(user, { capabilities, readOnly, map: sharesUsers ? null : map });
  const why = problem ?? (typeof subject === 'string' ? subject : null);
  const shown = { container: name, state, target, readOnly, problem: why === null ? null : `Not known: ${why}.` };
  return { ...rest, user, subject: typeof subject === 'string' ? null : subject, shown };
}

function ofRequest(wish: CheckInput['subjects'][number]): Asker {
  const { user, subject } = subjectAskedFor(wish);
  const shown = { container: null, state: null, target: null, readOnly: subject.readOnly, problem: null };
  return { containerId: null, project: null, folder: '', user, subject, from: wish.user, shown };
}

/** Nobody with DAC_OVERRIDE over everything is kept out, or let in, by an ACL. */
function usersOf(askers: readonly Asker[]): number[] {
  const bound = askers.flatMap(({ subject }) =>
    subject === null || (subject.capabilities.has('DAC_OVERRIDE') && subject.mapped === null) ? [] : [subject.uid],
  );
  return [...new Set(bound)];
}

function judge(asker: Asker, folders: readonly string[], reader: SurveyReader): KeptConsumer {
  const { containerId, project, folder, user, subject, shown, from } = asker;
  const survey = reader.result(folders.indexOf(folder)) ?? null;
  const missing = survey === null ? `The folder "${folder}" is not in the volume, or is reached through a link.` : null;
  const name = user === null || subject === null ? '' : nameOfSubject(user, subject);
  const access: ConsumerAccess = {
    ...shown,
    folder,
    problem: shown.problem ?? missing,
    subject: user === null ? null : subjectShown(user, subject, from),
    root: survey === null ? null : rootOf(survey),
    access: survey === null || subject === null ? [] : judgeAccess(survey, subject, name).map(shownCount),
  };
  return { project, containerId, access };
}

function shownCount({ causes, ...count }: ReturnType<typeof judgeAccess>[number]) {
  return {
    ...count,
    causes: causes.map(({ cause, sentence, entries, paths }) => ({ cause, sentence, entries, paths: [...paths] })),
  };
}

function subjectShown({ uid, gid, groups }: ContainerUser, subject: Subject | null, from: string) {
  return {
    uid,
    gid,
    groups: [...groups],
    hostUid: subject === null || subject.mapped === null ? null : subject.uid,
    capabilities: fileCapabilities.filter((name) => subject?.capabilities.has(name)),
    from,
  };
}

function rootOf({ top, defaultAcl }: Survey): RootEntry {
  const { mode, uid, gid, acl } = top;
  return { mode: octal(mode), uid, gid, acl: (acl ?? []).map(aclText), defaultAcl: (defaultAcl ?? []).map(aclText) };
}
