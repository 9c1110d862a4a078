import { edge, field, graphql, subscription } from '../server/graphql-binding.ts';
import { findingChanges } from './finding-changes.ts';
import * as operations from './operations.ts';

export const findingGraphql = graphql({
  Query: {
    findings: field(operations.listFindings),
    finding: field(operations.getFinding, { nullable: true }),
    findingRules: field(operations.listRules),
    findingRule: field(operations.getRule, { nullable: true }),
  },
  Mutation: {
    acknowledgeFinding: field(operations.acknowledgeFinding),
    unacknowledgeFinding: field(operations.unacknowledgeFinding),
  },
  Subscription: {
    findings: subscription(operations.listFindings, findingChanges),
  },
  edges: {
    Volume: {
      findings: edge('[Finding!]!', operations.findingsOfVolumes, {
        arg: 'volumes',
        key: ({ host, name }: { host: string; name: string }) => `${host}/${name}`,
        back: ({ host, volume }) => `${host}/${volume}`,
      }),
    },
    Container: {
      findings: edge('[Finding!]!', operations.findingsOfContainers, {
        arg: 'containers',
        key: ({ host, id }: { host: string; id: string }) => `${host}/${id}`,
        back: ({ host, container }) => `${host}/${container?.id}`,
      }),
    },
    Host: {
      findings: edge('[Finding!]!', operations.findingsOfHosts, {
        arg: 'hosts',
        key: ({ name }: { name: string }) => name,
        back: ({ host }) => host,
      }),
    },
  },
});
