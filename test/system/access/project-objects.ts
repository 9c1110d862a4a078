import { randomUUID } from 'node:crypto';
import type { Database } from '../../../src/database/client.ts';

/** Objects of a project, by the name that addresses give them: one of each kind that an address can name. */
export type ProjectObjects = Readonly<Record<string, string>>;

const host = { hostName: 'local' };

/** What belongs to no project: a host, a repository, an image. */
export async function fillCommon(db: Database): Promise<void> {
  await db.host.create({ data: { name: 'local', endpoint: 'unix:///nowhere' } });
  await db.repository.create({ data: { name: 'vault', kind: 'path', location: {}, secret: new Uint8Array() } });
}

/** One object of each kind, all in one project. */
export async function fillProject(db: Database, project: string): Promise<ProjectObjects> {
  const name = `data-of-${project}`;
  const container = `c0ffee-${project}`;
  const by = { createdBy: 'system' };
  const hour = new Date(Date.now() + 3_600_000);
  const plain = { kind: 'named', driver: 'local', scope: 'local', mountpoint: '/x', options: {}, labels: {} };
  const composeProject = `compose-of-${project}`;
  const labels = { 'com.docker.compose.project': composeProject };
  await db.volume.create({ data: { ...host, ...plain, labels, name, project } });
  const running = { image: 'x', imageId: 'x', state: 'running', status: 'Up', labels: {} };
  const app = { id: container, name: `app-of-${project}`, project, composeProject };
  await db.container.create({ data: { ...host, ...running, ...app } });
  const found = { rule: 'VOL-005', severity: 'low', detail: 'x', evidence: {}, subject: `volume/${name}` };
  const finding = await db.finding.create({ data: { ...host, ...found, volumeName: name, activeKey: name, project } });
  const { id: repositoryId } = await db.repository.findUniqueOrThrow({ where: { name: 'vault' } });
  const snapshot = (project === 'mine' ? 'a' : 'b').repeat(64);
  const sizes = { files: 1, bytes: 1, bytesAdded: 1 };
  await db.snapshot.create({
    data: {
      ...host,
      ...sizes,
      id: snapshot,
      repositoryId,
      path: '/x',
      reason: 'backup',
      state: 'good',
      volumeName: name,
      project,
      takenAt: new Date(),
    },
  });
  const hold = await db.snapshotHold.create({ data: { ...by, snapshotId: snapshot, reason: 'x' } });
  await db.deletedVolume.create({
    data: {
      ...host,
      name: `gone-of-${project}`,
      driver: 'local',
      options: {},
      labels: {},
      project,
      snapshotId: snapshot,
      deletedBy: 'system',
      expiresAt: hour,
    },
  });
  const job = await db.job.create({
    data: {
      ...host,
      kind: 'volume_backup',
      state: 'failed',
      volumeName: name,
      input: {},
      requestedBy: 'system',
      project,
    },
  });
  const plan = await db.prunePlan.create({
    data: { ...host, ...by, project, request: {}, items: [], kinds: [], expiresAt: hour },
  });
  const check = await db.permissionCheck.create({
    data: {
      ...host,
      id: randomUUID(),
      volumeName: name,
      project,
      entries: 1,
      complete: true,
      vanished: 0,
      consumers: [],
      requestedBy: 'system',
      checkedAt: new Date(),
    },
  });
  const standing = { mode: '755', uid: 0, gid: 0 };
  const repair = await db.permissionRepair.create({
    data: {
      ...host,
      ...by,
      id: randomUUID(),
      volumeName: name,
      project,
      state: 'planned',
      request: { owner: 0 },
      plan: {
        entries: 1,
        changed: 0,
        changes: [],
        rootBefore: standing,
        rootAfter: standing,
        databases: [],
        refusals: [],
      },
      premise: 'x',
      expiresAt: hour,
    },
  });
  const share = await db.share.create({
    data: {
      ...host,
      ...by,
      name: `share-of-${project}`,
      volumeName: name,
      project,
      description: '',
      offeredTo: 'nobody',
      offeredProjects: [],
    },
  });
  const rule = await db.shareRule.create({
    data: {
      ...by,
      shareId: share.id,
      subjectKind: 'service',
      subjectValue: `service:${project}/x`,
      access: 'ro',
      state: 'requested',
    },
  });
  const attachment = await db.shareAttachment.create({
    data: { ...by, shareId: share.id, ruleId: rule.id, project, target: '/data', access: 'ro' },
  });
  const policy = await db.backupPolicy.create({
    data: {
      ...by,
      name: `policy-of-${project}`,
      description: '',
      project,
      selector: {},
      schedule: { cron: '0 2 * * *' },
    },
  });
  const webhook = await db.webhook.create({
    data: {
      ...by,
      url: 'https://receiver.example',
      types: [],
      project,
      secret: new Uint8Array(),
      position: 0,
      isEnabled: false,
    },
  });
  const event = await db.domainEvent.create({ data: { type: 'stowage.x', subject: 'x', project, data: {} } });
  const delivery = await db.webhookDelivery.create({
    data: { webhookId: webhook.id, eventId: event.id, position: 1, state: 'failed' },
  });
  const account = await db.serviceAccount.create({
    data: { ...by, subject: `service:${project}/ci`, name: 'ci', project, description: '' },
  });
  const token = await db.apiKey.create({ data: { ...by, name: 'ci', subject: account.subject, prefix: 'stw_x' } });
  const binding = await db.roleBinding.create({ data: { ...by, subject: account.subject, role: 'viewer', project } });
  return {
    project,
    host: 'local',
    name,
    volume: name,
    composeProject,
    deleted: `gone-of-${project}`,
    container,
    finding: finding.id,
    snapshot,
    job: job.id,
    plan: plan.id,
    check: check.id,
    repair: repair.id,
    share: share.name,
    accessRule: rule.id,
    attachment: attachment.id,
    policy: policy.name,
    hold: hold.id,
    webhook: webhook.id,
    delivery: delivery.id,
    account: account.id,
    token: token.id,
    binding: binding.id,
    // These belong to no project.
    dataClass: 'critical',
    rule: 'MNT-001',
    preset: 'temp',
    repository: 'vault',
    image: 'x',
  };
}

/** Names of the same form that nothing has. */
export function absentObjects(project: string): ProjectObjects {
  const nobody = randomUUID();
  return {
    project,
    host: 'local',
    name: `nothing-of-${project}`,
    volume: `nothing-of-${project}`,
    composeProject: `nothing-of-${project}`,
    deleted: `nothing-of-${project}`,
    container: `dead-of-${project}`,
    finding: nobody,
    snapshot: 'd'.repeat(64),
    job: nobody,
    plan: nobody,
    check: nobody,
    repair: nobody,
    share: `nothing-of-${project}`,
    accessRule: nobody,
    attachment: nobody,
    policy: `nothing-of-${project}`,
    hold: nobody,
    webhook: nobody,
    delivery: nobody,
    account: nobody,
    token: nobody,
    binding: nobody,
    dataClass: 'critical',
    rule: 'MNT-001',
    preset: 'temp',
    repository: 'vault',
    image: 'x',
  };
}
