import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as attachments from './attachment-operations.ts';
import * as operations from './operations.ts';
import * as releases from './release-operations.ts';
import * as rules from './rule-operations.ts';

export const shareGraphql = graphql({
  Query: {
    shares: field(operations.listShares),
    share: field(operations.getShare, { nullable: true }),
    shareRules: field(rules.listRules),
    shareRule: field(rules.getRule, { nullable: true }),
    shareAttachments: field(attachments.listAttachments),
    shareAttachment: field(attachments.getAttachment, { nullable: true }),
    shareConsumers: field(attachments.listShareConsumers),
  },
  Mutation: {
    createShare: field(operations.createShare),
    updateShare: field(operations.updateShare),
    deleteShare: field(operations.deleteShare),
    grantShareRule: field(rules.grantRule),
    requestShareRule: field(rules.requestRule),
    approveShareRule: field(rules.approveRule),
    denyShareRule: field(rules.denyRule),
    revokeShareRule: field(rules.revokeRule),
    attachShare: field(attachments.createAttachment),
    letGoOfShareContainer: field(releases.letGo),
    releaseShareAttachment: field(attachments.releaseAttachment),
  },
  edges: {
    Volume: {
      shares: edge('[Share!]!', operations.sharesOfVolumes, {
        arg: 'volumes',
        key: ({ host, name }: { host: string; name: string }) => `${host}/${name}`,
        back: ({ host, volume }) => `${host}/${volume}`,
      }),
    },
    Share: {
      rules: edge('[ShareRule!]!', operations.rulesOfShares, {
        arg: 'shares',
        key: ({ name }: { name: string }) => name,
        back: ({ share }) => share,
      }),
      attachments: edge('[ShareAttachment!]!', attachments.attachmentsOfShares, {
        arg: 'shares',
        key: ({ name }: { name: string }) => name,
        back: ({ share }) => share,
      }),
      consumers: edge('[ShareConsumer!]!', attachments.consumersOfShares, {
        arg: 'shares',
        key: ({ name }: { name: string }) => name,
        back: ({ share }) => share,
      }),
    },
  },
});
