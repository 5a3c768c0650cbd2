import { key, lookup, defineDataset, string, timestamp } from '../../../dataset/describe.ts';

/** RESO Data Dictionary 2.0, TeamMembers, complete. */
export const teamMembers = defineDataset({
  name: 'TeamMembers',
  table: 'team_members',
  rawTable: 'team_members_raw',
  key: 'TeamMemberKey',
  version: 'ModificationTimestamp',
  volatile: ['ModificationTimestamp'],
  read: { kind: 'incremental', cursor: 'ModificationTimestamp' },
  fields: {
    TeamMemberKey: key,
    TeamKey: key,
    MemberKey: key,
    MemberMlsId: string(25),
    TeamMemberType: lookup,
    MemberLoginId: string(25),
    TeamImpersonationLevel: lookup,
    TeamMemberNationalAssociationId: string(25),
    TeamMemberStateLicense: string(50),
    OriginatingSystemID: string(25),
    OriginatingSystemName: string(255),
    OriginatingSystemKey: string(255),
    SourceSystemID: string(25),
    SourceSystemName: string(255),
    SourceSystemKey: string(255),
    OriginalEntryTimestamp: timestamp,
    ModificationTimestamp: timestamp,
  },
});
