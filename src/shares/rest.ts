import { accepted, route } from '../server/rest-binding.ts';
import * as attachments from './attachment-operations.ts';
import * as operations from './operations.ts';
import * as releases from './release-operations.ts';
import * as rules from './rule-operations.ts';

const ofRule = { location: ({ share, id }: { share: string; id: string }) => `/v1/shares/${share}/rules/${id}` };

export const shareRoutes = [
  route(operations.listShares, 'GET', '/v1/shares'),
  route(operations.createShare, 'POST', '/v1/shares', {
    status: 201,
    location: ({ name }) => `/v1/shares/${name}`,
  }),
  route(operations.getShare, 'GET', '/v1/shares/:share'),
  route(operations.updateShare, 'PATCH', '/v1/shares/:share'),
  route(operations.deleteShare, 'DELETE', '/v1/shares/:share'),
  route(rules.listRules, 'GET', '/v1/shares/:share/rules'),
  route(rules.grantRule, 'POST', '/v1/shares/:share/rules', { status: 201, ...ofRule }),
  route(rules.requestRule, 'POST', '/v1/shares/:share/requests', { status: 201, ...ofRule }),
  route(rules.getRule, 'GET', '/v1/shares/:share/rules/:accessRule'),
  route(rules.approveRule, 'POST', '/v1/shares/:share/rules/:accessRule/approval'),
  route(rules.denyRule, 'POST', '/v1/shares/:share/rules/:accessRule/denial'),
  route(rules.revokeRule, 'POST', '/v1/shares/:share/rules/:accessRule/revocation'),
  route(attachments.listAttachments, 'GET', '/v1/shares/:share/attachments'),
  route(attachments.createAttachment, 'POST', '/v1/shares/:share/attachments', {
    status: 201,
    location: ({ share, id }) => `/v1/shares/${share}/attachments/${id}`,
  }),
  route(attachments.getAttachment, 'GET', '/v1/shares/:share/attachments/:attachment'),
  route(attachments.releaseAttachment, 'DELETE', '/v1/shares/:share/attachments/:attachment'),
  route(releases.letGo, 'POST', '/v1/shares/:share/releases', accepted),
  route(attachments.listShareConsumers, 'GET', '/v1/shares/:share/consumers'),
];
