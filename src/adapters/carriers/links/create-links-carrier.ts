import { Failure, type FailureData } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import { labelToPairs } from '../../../model/owner-label.ts';
import type { LinksOp } from '../../../model/transport/links.ts';
import type { Carrier, CarrierItem, RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import { quoteArgv } from '../../runner/quote.ts';
import { itemCall, itemCodes, type ItemLine, parseItemLine } from '../items.ts';
import { Outcomes } from '../outcomes.ts';
import { linkFunctions } from './script.ts';

type Item = CarrierItem<LinksOp>;

/** Namespaces, veth pairs and their ports on the integration bridge, all of a batch in one execution. */
export function createLinksCarrier(runner: Runner): Carrier<'links'> {
  return {
    transport: 'links',
    atomic: false,
    apply: async (host, items, context) => {
      const outcomes = new Outcomes(items, context);
      const onLine = (line: string): void => {
        const said = parseItemLine(line);
        const item = said && items[said.index];
        if (!item || said.status === 'skipped') return;
        if (said.status === 'failed') outcomes.fail(item.id, failureOf(host, item, said));
        else outcomes.succeed(item.id, said.status);
      };
      const script = linksScript(items, context);
      const { code, stderr } = await runner.run(host, {
        key: context.key,
        limit: 'rows',
        script,
        signal: context.signal,
        onLine,
      });
      if (code !== 0)
        throw new Failure({ ...refused(host, stderr.trim() || `exit code ${code}`), stderr, exitCode: code });
      for (const { id } of outcomes.open()) outcomes.fail(id, refused(host, 'it was not tried'));
      return outcomes.list();
    },
  };
}

/** One after another: there are as many as switches, and they share the namespace. */
function linksScript(items: readonly Item[], { deployment, installation }: RunContext): string {
  const positions = new Map(items.map((item, index) => [item.id, index]));
  const calls = items.map(({ op, needs }, index) =>
    itemCall(
      index,
      needs.flatMap((id) => positions.get(id) ?? []),
      wordsOf(op),
    ),
  );
  return [linkFunctions, quoteArgv(['owned_by', deployment, installation]), ...calls, ''].join('\n');
}

function wordsOf(op: LinksOp): string[] {
  if (op.do === 'remove') return ['remove_link', op.namespace, op.outer, op.inner];
  const { link, mark: label } = op;
  const pairs = { ...labelToPairs(label, `${link.kind}:${link.name}`), 'iface-id': link.port };
  // ovs-vsctl reads a value in double quotes as a JSON string, whatever is in it.
  const settings = Object.entries(pairs).map(([key, value]) => `external_ids:${key}=${JSON.stringify(value)}`);
  const { namespace, outer, inner, mac, mtu, address = '', port } = link;
  return ['make_link', namespace, outer, inner, mac, String(mtu), address, port, ...settings];
}

function failureOf(host: Host, { op }: Item, { code, text }: ItemLine): FailureData {
  const object = op.do === 'ensure' ? op.link.outer : op.outer;
  return {
    ...refused(host, text),
    ...(code === itemCodes.taken ? { code: 'name-taken' } : {}),
    message: `the link ${object} cannot be ${op.do === 'ensure' ? 'made' : 'removed'}: ${text}`,
    object,
  };
}

function refused(host: Host, text: string): FailureData {
  return { code: 'link-failed', class: 'permanent', message: `links cannot be changed: ${text}`, host: host.name };
}
