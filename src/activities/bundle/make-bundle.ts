import type { MadeBundle } from '../../api/answers/bundle.ts';
import { Failure, failureOf } from '../../model/failure.ts';
import type { BundleFile } from '../../ports/bundles.ts';
import type { NumberedEvent } from '../../ports/events.ts';
import type { RunRecord } from '../../ports/store.ts';
import type { ReadInput } from '../../workflows/contract.ts';
import type { ActivityPorts } from '../activity-ports.ts';
import { loadInventory } from '../load-project.ts';
import { environmentValues, planTexts } from './plan-texts.ts';

/** Everything there is about one run, as one archive. What cannot be had is named in it instead. */
export async function makeBundle(ports: ActivityPorts, input: ReadInput, signal: AbortSignal): Promise<MadeBundle> {
  const { deployment } = input;
  const run = (await ports.store.runs(deployment)).find((each) => each.run === input.run);
  if (!run) {
    const message = `the server remembers no run ${deployment}/${input.run ?? ''}`;
    throw new Failure({
      code: 'no-such-run',
      class: 'permanent',
      message,
      hint: 'kvm-compose runs lists what there is',
    });
  }
  const [plan, events, hosts, logs] = await Promise.all([
    run.plan === undefined ? undefined : ports.store.getPlan(run.plan),
    eventsOf(ports, run.run),
    filesOfHosts(ports, run, signal),
    ports.bundles.serverLogs(),
  ]);
  const files = [
    { path: 'run.json', text: pretty({ ...run, ...input.stands }) },
    { path: 'outcome.json', text: pretty(events.findLast(({ code }) => code === 'run-ended')?.data ?? {}) },
    { path: 'events.jsonl', text: events.map((each) => `${JSON.stringify(each)}\n`).join('') },
    ...(plan ? planTexts(plan) : []),
    ...hosts.files,
    ...logs,
  ];
  const hidden = plan ? environmentValues(plan) : [];
  const path = await ports.bundles.write(`${deployment}-${run.command}-${run.run.slice(-12)}`, files, hidden);
  return { path, files: files.length, silent: hosts.silent };
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

const pageSize = 5000;

async function eventsOf(ports: ActivityPorts, run: string): Promise<readonly NumberedEvent[]> {
  const all: NumberedEvent[] = [];
  for (;;) {
    const page = await ports.events.read(run, all.at(-1)?.seq ?? 0, pageSize);
    all.push(...page);
    if (page.length < pageSize) return all;
  }
}

async function filesOfHosts(
  ports: ActivityPorts,
  { deployment, hostsFile }: RunRecord,
  signal: AbortSignal,
): Promise<{ readonly files: readonly BundleFile[]; readonly silent: MadeBundle['silent'] }> {
  const place = { deployment, folder: '/', file: '', ...(hostsFile === undefined ? {} : { hostsFile }) };
  const silent: { host: string; reason: string }[] = [];
  const inventory = await loadInventory(ports, place).catch((error: unknown) => {
    silent.push({ host: hostsFile ?? 'main', reason: failureOf(error).message });
  });
  const files = await Promise.all(
    (inventory?.hosts ?? []).map((host) =>
      ports.bundles.askHost(host, deployment, signal).catch((error: unknown) => {
        if (signal.aborted) throw error;
        const reason = failureOf(error).message;
        silent.push({ host: host.name, reason });
        return [{ path: `hosts/${host.name}/unreachable.txt`, text: `${reason}\n` }];
      }),
    ),
  );
  return { files: files.flat(), silent };
}
