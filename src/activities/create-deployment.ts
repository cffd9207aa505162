import { nothingObserved } from '../model/observed.ts';
import type { EmitEvent } from '../ports/events.ts';
import type { DeploymentRecord, Store } from '../ports/store.ts';
import type { RunInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { createdStatus, isNowhere, nowhere, refuseOtherFolder } from './deployment-record.ts';
import { candidatesOf } from './known-hosts.ts';
import { hostsFileOf, loadInventory, loadTestbed } from './load-project.ts';
import type { Target } from './target.ts';

/** What creating a deployment aims at: nothing on any host. Its files must be there and make sense. */
export async function targetOfCreate(ports: ActivityPorts, input: RunInput): Promise<Target> {
  await refuseOtherFolder(ports.store, input);
  const severity = { preflight: false, warnings: input.options.strict === true };
  const { diagnostics } = await loadTestbed(ports, input, severity);
  await loadInventory(ports, input);
  return {
    inventory: nowhere,
    candidates: candidatesOf(nowhere, []),
    desired: [],
    before: [],
    observed: nothingObserved,
    placement: {},
    doubts: diagnostics,
  };
}

/** The name is the folder's from now on; what is known of a deployment that was up stays as it is. */
export async function registerDeployment(store: Store, input: RunInput, emit: EmitEvent): Promise<void> {
  const { deployment: name, folder, file } = input;
  const before = await store.deployment(name);
  const isNew = before === undefined;
  const hostsFile = hostsFileOf(input) ?? before?.hostsFile;
  const record: DeploymentRecord = {
    name,
    folder,
    file,
    ...(hostsFile === undefined ? {} : { hostsFile }),
    hosts: [],
    known: [],
    placement: {},
    status: createdStatus,
    wants: {},
  };
  if (isNew || isNowhere(before)) await store.putDeployment(record);
  const text = isNew ? `${name} belongs to ${folder} now` : `${name} belongs to ${folder} already`;
  emit({ type: 'event', level: 'info', code: 'deployment-created', text, data: { folder, isNew } });
}
