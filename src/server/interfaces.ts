import { accessGraphql } from '../access/graphql.ts';
import { accessRoutes } from '../access/rest.ts';
import { backupGraphql } from '../backups/graphql.ts';
import { backupRoutes } from '../backups/rest.ts';
import { configurationGraphql } from '../configuration/graphql.ts';
import { configurationRoutes } from '../configuration/rest.ts';
import { containerGraphql } from '../containers/graphql.ts';
import { containerRoutes } from '../containers/rest.ts';
import { databaseGraphql } from '../databases/graphql.ts';
import { databaseRoutes } from '../databases/rest.ts';
import { directoryGraphql } from '../directories/graphql.ts';
import { directoryRoutes } from '../directories/rest.ts';
import { drillGraphql } from '../drills/graphql.ts';
import { drillRoutes } from '../drills/rest.ts';
import { eventGraphql } from '../events/graphql.ts';
import { eventRoutes } from '../events/rest.ts';
import { findingGraphql } from '../findings/graphql.ts';
import { findingRoutes } from '../findings/rest.ts';
import { healthGraphql } from '../health/graphql.ts';
import { healthRoutes } from '../health/rest.ts';
import { hostGraphql } from '../hosts/graphql.ts';
import { hostRoutes } from '../hosts/rest.ts';
import { imageGraphql } from '../images/graphql.ts';
import { imageRoutes } from '../images/rest.ts';
import { jobGraphql } from '../jobs/graphql.ts';
import { jobRoutes } from '../jobs/rest.ts';
import { mountGraphql } from '../mounts/graphql.ts';
import { mountRoutes } from '../mounts/rest.ts';
import { performanceGraphql } from '../performance/graphql.ts';
import { performanceRoutes } from '../performance/rest.ts';
import { permissionGraphql } from '../permissions/graphql.ts';
import { permissionRoutes } from '../permissions/rest.ts';
import { policyGraphql } from '../policies/graphql.ts';
import { policyRoutes } from '../policies/rest.ts';
import { protectionGraphql } from '../protection/graphql.ts';
import { protectionRoutes } from '../protection/rest.ts';
import { pruningGraphql } from '../pruning/graphql.ts';
import { pruningRoutes } from '../pruning/rest.ts';
import { repositoryGraphql } from '../repositories/graphql.ts';
import { repositoryRoutes } from '../repositories/rest.ts';
import { retentionGraphql } from '../retention/graphql.ts';
import { retentionRoutes } from '../retention/rest.ts';
import { shareGraphql } from '../shares/graphql.ts';
import { shareRoutes } from '../shares/rest.ts';
import { snapshotGraphql } from '../snapshots/graphql.ts';
import { snapshotRoutes } from '../snapshots/rest.ts';
import { spaceGraphql } from '../space/graphql.ts';
import { spaceRoutes } from '../space/rest.ts';
import { volumeGraphql } from '../volumes/graphql.ts';
import { volumeRoutes } from '../volumes/rest.ts';
import { webhookGraphql } from '../webhooks/graphql.ts';
import { webhookRoutes } from '../webhooks/rest.ts';

/** Every REST address. A new domain is added here and below. */
export const routes = [
  ...hostRoutes,
  ...volumeRoutes,
  ...containerRoutes,
  ...mountRoutes,
  ...findingRoutes,
  ...imageRoutes,
  ...performanceRoutes,
  ...repositoryRoutes,
  ...snapshotRoutes,
  ...backupRoutes,
  ...configurationRoutes,
  ...databaseRoutes,
  ...drillRoutes,
  ...policyRoutes,
  ...protectionRoutes,
  ...retentionRoutes,
  ...permissionRoutes,
  ...pruningRoutes,
  ...spaceRoutes,
  ...directoryRoutes,
  ...shareRoutes,
  ...healthRoutes,
  ...jobRoutes,
  ...eventRoutes,
  ...webhookRoutes,
  ...accessRoutes,
];

/** Every part of the GraphQL schema, by domain: also the names of the files in `schema/`. A type that several return stands with the first. */
export const graphqlParts = {
  hosts: hostGraphql,
  volumes: volumeGraphql,
  containers: containerGraphql,
  mounts: mountGraphql,
  findings: findingGraphql,
  images: imageGraphql,
  performance: performanceGraphql,
  jobs: jobGraphql,
  repositories: repositoryGraphql,
  snapshots: snapshotGraphql,
  backups: backupGraphql,
  configuration: configurationGraphql,
  databases: databaseGraphql,
  drills: drillGraphql,
  policies: policyGraphql,
  protection: protectionGraphql,
  retention: retentionGraphql,
  permissions: permissionGraphql,
  pruning: pruningGraphql,
  space: spaceGraphql,
  directories: directoryGraphql,
  events: eventGraphql,
  shares: shareGraphql,
  health: healthGraphql,
  webhooks: webhookGraphql,
  access: accessGraphql,
};
