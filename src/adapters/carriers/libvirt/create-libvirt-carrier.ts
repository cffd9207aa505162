import { renderPlainMark } from '../../../model/domain-metadata.ts';
import { Failure } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { LibvirtOp } from '../../../model/transport/libvirt.ts';
import type { Carrier, CarrierItem, RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import { tar } from '../tar.ts';
import { quoteArgv } from '../../runner/quote.ts';
import { inLanes, itemCall, parseItemLine } from '../items.ts';
import { Outcomes } from '../outcomes.ts';
import { plugAndResume } from './plug.ts';
import { domainFunctions } from './script.ts';
import { nameOf, refusalOf } from './refusal.ts';
import { parseTold, type Told } from './told.ts';

type Item = CarrierItem<LibvirtOp>;
type Ensure = Extract<LibvirtOp, { do: 'ensure' }>;

/** Domains being started at the same time: guests that boot already starve the starts of the others, so all wait paused. */
const startLanes = 8;
/** Domains being removed at the same time: mostly waiting, so as many as libvirtd has workers (`max_workers`). */
const removeLanes = 20;

/** How long a guest may take to power itself off. */
const defaultStopSeconds = 15;

/** Domains: started paused, plugged into the integration bridge, resumed when OVN has installed their ports. */
export function createLibvirtCarrier(runner: Runner): Carrier<'libvirt'> {
  return {
    transport: 'libvirt',
    atomic: false,
    apply: async (host, items, context) => {
      const outcomes = new Outcomes(items, context);
      // A remake is a removal and a creation of one name: in this order, whatever else is in the batch.
      await applyAll(
        runner,
        host,
        items.filter(({ op }) => op.do === 'remove'),
        context,
        outcomes,
      );
      await applyAll(
        runner,
        host,
        items.filter(({ op }) => op.do !== 'remove'),
        context,
        outcomes,
      );
      return outcomes.list();
    },
  };
}

async function applyAll(
  runner: Runner,
  host: Host,
  all: readonly Item[],
  context: RunContext,
  outcomes: Outcomes<LibvirtOp>,
): Promise<void> {
  const items = all.filter(({ id }) => outcomes.isOpen(id));
  if (items.length === 0) return;
  const { told, made } = await defineAndStart(runner, host, items, context, outcomes);
  const running = items.filter(({ id, op }) => outcomes.isOpen(id) && op.do === 'ensure' && op.domain.running);
  for (const { id } of items) {
    if (outcomes.isOpen(id) && running.every((item) => item.id !== id)) outcomes.succeed(id, made.get(id) ?? 'done');
  }
  if (running.length === 0) return;
  const bound = await plugAndResume(
    runner,
    host,
    running.map(({ op }) => op as Ensure),
    told,
    context,
  );
  for (const { id, op } of running) {
    const result = bound.get((op as Ensure).domain.name)!;
    if ('failure' in result) outcomes.fail(id, result.failure);
    else outcomes.succeed(id, result.changed || made.get(id) === 'done' ? 'done' : 'already');
  }
}

/** The first segment: failures are final, the others go on to be bound. */
async function defineAndStart(
  runner: Runner,
  host: Host,
  items: readonly Item[],
  context: RunContext,
  outcomes: Outcomes<LibvirtOp>,
): Promise<{ told: Told; made: Map<string, 'done' | 'already'> }> {
  const made = new Map<string, 'done' | 'already'>();
  const files = items.flatMap(({ op }, index) =>
    op.do === 'ensure' ? [{ name: `${index}.xml`, content: Buffer.from(op.xml) }] : [],
  );
  const { code, stdout, stderr } = await runner.run(host, {
    key: context.key,
    limit: 'start',
    script: libvirtScript(items, context),
    data: await tar([...files, { name: 'end', content: Buffer.alloc(0) }]),
    signal: context.signal,
  });
  for (const line of stdout.split('\n')) {
    const said = parseItemLine(line);
    const item = said && items[said.index];
    if (!item) continue;
    if (said.status === 'failed') outcomes.fail(item.id, refusalOf(host.name, item.op, said.code, said.text));
    else if (said.status !== 'skipped') made.set(item.id, said.status);
  }
  const told = parseTold(stdout);
  if (told) return { told, made };
  const isSwitch = stderr.includes('ovs-vsctl');
  throw new Failure({
    code: isSwitch ? 'ovs-refused' : 'libvirt-refused',
    class: 'transient',
    message: `${isSwitch ? 'Open vSwitch' : 'libvirt'} on ${host.name} does not answer: ${stderr.trim() || `exit code ${code}`}`,
    hint: `is ${isSwitch ? 'ovsdb-server' : 'libvirtd'} running there?`,
    host: host.name,
    stderr,
    exitCode: code,
  });
}

/** All at once in a few lanes: what a domain needs is never another domain. */
function libvirtScript(items: readonly Item[], { deployment, installation }: RunContext): string {
  const calls = items.map(({ op }, index) => itemCall(index, [], wordsOf(op, index)));
  const names = items.map(({ op }) => nameOf(op));
  const looks = [
    `${quoteArgv(['find_ports', deployment, installation])} || exit`,
    quoteArgv(['find_ours', deployment, installation, ...names]),
  ];
  const work = items.every(({ op }) => op.do === 'remove')
    ? [
        ...items.flatMap(({ op }) =>
          op.do === 'remove' ? [quoteArgv(['ports_of_removed', op.name, op.taps.join(' ')])] : [],
        ),
        // Beside them: the switch takes as long to forget a port as libvirt to kill a machine.
        'unplug_old &',
        quoteArgv(['end_machines', ...names]),
        inLanes(calls, removeLanes),
        // Nobody asks how things stand then, only whether it came to its end.
        'wait; [ ! -e "$work/unplugged" ] || echo \'interfaces []\'',
      ]
    : [inLanes(calls, startLanes), 'unplug_old && tell'];
  return [domainFunctions, ...looks, ...work, ''].join('\n');
}

function wordsOf(op: LibvirtOp, index: number): string[] {
  if (op.do === 'remove') return ['remove_domain', op.name, op.consoleLog];
  if (op.do !== 'ensure')
    return ['hold_domain', op.name, op.do === 'pause' ? 'suspend' : 'resume', renderPlainMark(op.metadata)];
  const { name, running, consoleLog, interfaces } = op.domain;
  const taps = interfaces.map(({ tap }) => tap).join(' ');
  const answer = (value: boolean): string => (value ? 'yes' : 'no');
  const { from = '', stopSeconds = defaultStopSeconds } = op;
  const how = [answer(op.restart), answer(running), consoleLog, taps, String(stopSeconds), from];
  return ['make_domain', `${index}.xml`, name, ...how];
}
