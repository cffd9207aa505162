import { type Claim, wantedHosts } from '../../planner/garbage.ts';
import type { DeploymentRecord } from '../../ports/store.ts';

/** What a remembered deployment claims of what is found through a hosts file. */
export function claimOf(record: DeploymentRecord, hostsFile: string | undefined): Claim {
  return {
    wants: record.wants === undefined ? undefined : wantedHosts(record.wants),
    own: record.hostsFile === hostsFile,
  };
}

/** Where a resource is: what its record says may be a name the host had in an older hosts file. */
export function foundOn<T extends { readonly as: { readonly host: string } }>(observed: T, host: string): T {
  return { ...observed, as: { ...observed.as, host } };
}
