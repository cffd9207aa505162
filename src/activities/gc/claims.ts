import { type Claim, wantedHosts } from '../../planner/garbage.ts';
import type { DeploymentRecord } from '../../ports/store.ts';

/** What a remembered deployment claims of what is found through a hosts file. */
export function claimOf(record: DeploymentRecord, hostsFile: string | undefined): Claim {
  return {
    wants: record.wants === undefined ? undefined : wantedHosts(record.wants),
    own: record.hostsFile === hostsFile,
  };
}
