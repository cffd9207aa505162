import { Failure, type FailureData } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { FilesOp } from '../../../model/transport/files.ts';
import type { Carrier, CarrierItem, RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import type { Secrets } from '../../../ports/store.ts';
import { itemCodes, parseItemLine } from '../items.ts';
import { Outcomes } from '../outcomes.ts';
import { cachedFor, filesScript } from './command.ts';
import { payloadOf } from './payload.ts';
import { createPusher, type Missing } from './push.ts';

type Item = CarrierItem<FilesOp>;

/** Folders, images, disks and seeds on a host, all of a batch in one execution but for what has to be sent by content. */
export function createFilesCarrier(runner: Runner, secrets: Secrets): Carrier<'files'> {
  const pusher = createPusher(runner);
  return {
    transport: 'files',
    atomic: false,
    apply: async (host, items, context) => {
      const outcomes = new Outcomes(items, context);
      const sentFor = new Set<string>();
      // Once to find out what has to be sent, once with it there; a third time when somebody cleared the cache meanwhile.
      for (let round = 0; round < 3 && outcomes.open().length > 0; round += 1) {
        const sends = await runItems({ runner, secrets, host, context, outcomes, sentFor });
        for (const send of sends) {
          const failure = await pusher.push(host, send.missing, send.offset, context);
          if (failure) failAll(outcomes, send.items, failure);
          else for (const { id } of send.items) sentFor.add(id);
        }
        if (sends.length === 0) break;
      }
      for (const { id } of outcomes.open()) outcomes.fail(id, notTried(host));
      return outcomes.list();
    },
  };
}

function failAll(outcomes: Outcomes<FilesOp>, items: readonly Item[], failure: FailureData): void {
  for (const { id } of items) if (outcomes.isOpen(id)) outcomes.fail(id, failure);
}

/** What the host has not got, and whose it is. */
interface Send {
  readonly missing: Missing;
  readonly offset: number;
  readonly items: Item[];
}

interface Round {
  readonly runner: Runner;
  readonly secrets: Secrets;
  readonly host: Host;
  readonly context: RunContext;
  readonly outcomes: Outcomes<FilesOp>;
  /** Ids of items something was sent for: what is there now was not there already. */
  readonly sentFor: ReadonlySet<string>;
}

/** One execution over everything still open; returns what the host has not got, each thing once. */
async function runItems({ runner, secrets, host, context, outcomes, sentFor }: Round): Promise<Send[]> {
  const items = outcomes.open();
  const sends = new Map<string, Send>();
  let answered = 0;
  const onLine = (line: string): void => {
    const said = parseItemLine(line);
    const item = said && items[said.index];
    if (!item) return;
    answered += 1;
    if (said.status === 'done' || said.status === 'already') {
      outcomes.succeed(item.id, sentFor.has(item.id) ? 'done' : said.status);
    } else if (said.code === itemCodes.send) noteMissing(item, said.text, sends);
    else if (said.status === 'failed') outcomes.fail(item.id, failureOf(host, item, said.code, said.text));
  };
  const script = filesScript(items, context);
  const data = await payloadOf(items, secrets);
  const { code, stderr } = await runner.run(host, {
    key: context.key,
    limit: 'files',
    script,
    data,
    signal: context.signal,
    onLine,
  });
  if (code === 0 && answered >= items.length) return [...sends.values()];
  const message = `the files of ${context.deployment} cannot be written: ${stderr.trim() || `exit code ${code}`}`;
  throw new Failure({ ...textFailure(stderr), message, host: host.name, exitCode: code, stderr });
}

/** `text`: names in the cache, each with the bytes that are there already. */
function noteMissing(item: Item, text: string, sends: Map<string, Send>): void {
  const known = new Map(cachedFor(item.op).map((missing) => [missing.name, missing]));
  const words = text.split(' ');
  for (let at = 0; at + 1 < words.length; at += 2) {
    const missing = known.get(words[at]!);
    if (!missing) continue;
    const send = sends.get(missing.name) ?? { missing, offset: Number(words[at + 1]), items: [] };
    send.items.push(item);
    sends.set(missing.name, send);
  }
}

function notTried(host: Host): FailureData {
  return { code: 'disk-failed', class: 'transient', message: 'what it needs is not there', host: host.name };
}

function failureOf(host: Host, { op }: Item, code: number, text: string): FailureData {
  const path = op.do === 'ensure' ? op.make.path : op.path;
  if (code === itemCodes.taken) {
    return { code: 'name-taken', class: 'permanent', message: `${path}: ${text}`, object: path, host: host.name };
  }
  const what = op.do === 'ensure' ? 'made' : 'removed';
  return { ...textFailure(text), message: `${path} cannot be ${what}: ${text}`, object: path, host: host.name };
}

function textFailure(text: string): Pick<FailureData, 'code' | 'class' | 'hint'> {
  if (!/No space left/.test(text)) return { code: 'disk-failed', class: 'permanent' };
  return { code: 'no-space', class: 'permanent', hint: 'make space below /var/lib/kvm-compose' };
}
