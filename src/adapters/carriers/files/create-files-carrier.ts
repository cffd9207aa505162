import { Failure, type FailureData } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { FilesOp } from '../../../model/transport/files.ts';
import type { Carrier, CarrierItem, RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import type { Secrets } from '../../../ports/store.ts';
import { itemCodes, parseItemLine } from '../items.ts';
import { Outcomes } from '../outcomes.ts';
import { filesScript } from './command.ts';
import { payloadOf } from './payload.ts';
import { pushImage } from './push.ts';

type Item = CarrierItem<FilesOp>;

/** Folders, images, disks and seeds on a host, all of a batch in one execution but for images that have to be sent. */
export function createFilesCarrier(runner: Runner, secrets: Secrets): Carrier<'files'> {
  return {
    transport: 'files',
    atomic: false,
    apply: async (host, items, context) => {
      const outcomes = new Outcomes(items, context);
      // Once to find out what has to be sent, once with it there; a third time when somebody cleared the cache meanwhile.
      for (let round = 0; round < 3 && outcomes.open().length > 0; round += 1) {
        const sends = await runItems(runner, secrets, host, context, outcomes);
        for (const { item, offset } of sends) await send(runner, host, item, offset, context, outcomes);
        if (sends.length === 0) break;
      }
      for (const { id } of outcomes.open()) outcomes.fail(id, notTried(host));
      return outcomes.list();
    },
  };
}

interface Send {
  readonly item: Item;
  readonly offset: number;
}

/** One execution over everything still open; returns the images the host has not got. */
async function runItems(
  runner: Runner,
  secrets: Secrets,
  host: Host,
  context: RunContext,
  outcomes: Outcomes<FilesOp>,
): Promise<Send[]> {
  const items = outcomes.open();
  const sends: Send[] = [];
  let answered = 0;
  const onLine = (line: string): void => {
    const said = parseItemLine(line);
    const item = said && items[said.index];
    if (!item) return;
    answered += 1;
    if (said.status === 'done' || said.status === 'already') outcomes.succeed(item.id, said.status);
    else if (said.code === itemCodes.send) sends.push({ item, offset: Number(said.text) });
    else if (said.status === 'failed') outcomes.fail(item.id, failureOf(host, item, said.text));
  };
  const script = filesScript(items, context.deployment, context.key);
  const data = await payloadOf(items, secrets);
  const { code, stderr } = await runner.run(host, {
    key: context.key,
    limit: 'files',
    script,
    data,
    signal: context.signal,
    onLine,
  });
  if (code === 0 && answered >= items.length) return sends;
  const message = `the files of ${context.deployment} cannot be written: ${stderr.trim() || `exit code ${code}`}`;
  throw new Failure({ ...textFailure(stderr), message, host: host.name, exitCode: code, stderr });
}

async function send(
  runner: Runner,
  host: Host,
  item: Item,
  offset: number,
  context: RunContext,
  outcomes: Outcomes<FilesOp>,
): Promise<void> {
  if (item.op.do !== 'ensure' || item.op.make.type !== 'push') return;
  const failure = await pushImage(runner, host, item.op.make, offset, context);
  if (failure) outcomes.fail(item.id, failure);
}

function notTried(host: Host): FailureData {
  return { code: 'disk-failed', class: 'transient', message: 'what it needs is not there', host: host.name };
}

function failureOf(host: Host, { op }: Item, text: string): FailureData {
  const path = op.do === 'ensure' ? op.make.path : op.path;
  const what = op.do === 'ensure' ? 'made' : 'removed';
  return { ...textFailure(text), message: `${path} cannot be ${what}: ${text}`, object: path, host: host.name };
}

function textFailure(text: string): Pick<FailureData, 'code' | 'class' | 'hint'> {
  if (!/No space left/.test(text)) return { code: 'disk-failed', class: 'permanent' };
  return { code: 'no-space', class: 'permanent', hint: 'make space below /var/lib/kvm-compose' };
}
