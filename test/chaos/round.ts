import type { Plan } from '../../src/model/plan.ts';
import type { Arena, Dump, Sight } from './arena.ts';
import { askComplaints, askWords, comesBack, lastingComplaints, leavesAllUp, preparation } from './ask.ts';
import { playCommand } from './command.ts';
import type { Round, Variant } from './draw.ts';
import { ownMended } from './own-processes.ts';
import { type Truth, truthOf } from './truth.ts';

/** What a round came to; without complaints all went well. */
export interface Verdict {
  readonly status: Truth['status'] | 'unknown';
  readonly missed: number;
  /** What was needed afterwards, such as another `up`; allowed, and told. */
  readonly notes: readonly string[];
  readonly complaints: readonly string[];
  /** For the evidence. */
  readonly texts: Readonly<Record<string, string>>;
}

/** What a round finds out while it goes on. */
interface Findings {
  readonly complaints: string[];
  readonly notes: string[];
  readonly texts: Record<string, string>;
}

/** Plays one round and looks at what it left. `untouched` is the world without the laboratory. */
export async function playRound(arena: Arena, round: Round, untouched: Dump): Promise<Verdict> {
  const findings: Findings = { complaints: [], notes: [], texts: {} };
  let status: Verdict['status'] = 'unknown';
  let missed = 0;
  try {
    await bringAbout(arena, round.from, findings, 'beginning');
    await prepare(arena, round);
    const before = { ...(await arena.dump()), sights: await arena.look() };
    findings.texts['before.txt'] = `${before.lasting}\n${before.running}`;
    if (round.to) await arena.write(round.to);
    const played = await playCommand(arena, round);
    ({ length: missed } = played.missed);
    findings.texts['client.txt'] = played.last.stderr;
    findings.texts['run.txt'] = played.run;
    await arena.mended();
    const truth = await truthOf(arena, played.run);
    status = truth.status;
    findings.complaints.push(...truth.complaints);
    await lookAfter(arena, round, truth, before, untouched, findings);
    const after = await arena.look();
    findings.complaints.push(...lastingComplaints(arena.deck, round, truth.status, before.sights, after));
  } catch (error) {
    findings.complaints.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return { status, missed, ...findings };
}

/** The world before a round, and its guests. */
type Before = Dump & { readonly sights: ReadonlyMap<string, Sight> };

/** What is stopped can be started. */
async function prepare(arena: Arena, { ask }: Round): Promise<void> {
  const first = ask && preparation(ask);
  if (!first) return;
  const { code, stderr } = await arena.start(...askWords(first)).ended;
  if (code !== 0) throw new Error(`${first.what} before ${ask.what} ended with ${code}: ${stderr}`);
}

async function lookAfter(
  arena: Arena,
  round: Round,
  { status, outcome }: Truth,
  before: Before,
  untouched: Dump,
  findings: Findings,
): Promise<void> {
  const wasDark = round.blows.some((blow) => 'strike' in blow && blow.strike === 'power');
  const { ask, to } = round;
  if (status === 'failed') tellFailed(round, outcome, findings);
  if (ask && status === 'completed' && !wasDark)
    findings.complaints.push(...askComplaints(ask, before.sights, await arena.look()));
  if (status === 'cancelled' && to) {
    if (outcome.leftovers.length === 0 && (!ask || comesBack(ask)))
      await compare(arena, 'the world before', before, findings, wasDark);
    // Readiness is knowledge, forgotten by an undo: the next up asks the guests again.
    if (round.from)
      await bringAbout(arena, round.from, findings, ask ? 'not completed' : wasDark ? 'dark' : 'readiness');
    return;
  }
  const excuse = excuseOf(round, status, wasDark);
  if (to) await bringAbout(arena, to, findings, excuse);
  else {
    if (excuse !== 'none') await succeed(arena, 'down', findings);
    await compare(arena, 'a world without it', untouched, findings, false);
  }
}

function tellFailed({ blows }: Round, { failures }: Truth['outcome'], findings: Findings): void {
  const reason = failures[0]?.failure;
  findings.notes.push(`failed: ${reason?.code}: ${reason?.message}`);
  // Nothing that happens to the product's own processes may fail a run.
  const isHurt = blows.some((blow) => 'strike' in blow && 'host' in blow);
  if (!isHurt) findings.complaints.push(`failed without a reason on the hosts: ${reason?.message}`);
}

function excuseOf({ ask }: Round, status: Truth['status'], wasDark: boolean): Excuse {
  if (status !== 'completed' || (ask && !leavesAllUp(ask))) return 'not completed';
  return wasDark ? 'dark' : 'none';
}

async function compare(
  arena: Arena,
  name: string,
  wanted: Dump,
  findings: Findings,
  lastingOnly: boolean,
): Promise<void> {
  const found = await arena.dump();
  findings.texts['after.txt'] = `${found.lasting}\n${found.running}`;
  const parts = lastingOnly ? (['lasting'] as const) : (['lasting', 'running'] as const);
  for (const part of parts) {
    if (found[part] !== wanted[part])
      findings.complaints.push(`not ${name}:\n${difference(wanted[part], found[part])}`);
  }
}

/** Why a plan need not be empty: nothing, a reason that allows anything, or guests that were not waited for. */
type Excuse = 'none' | 'readiness' | 'beginning' | 'dark' | 'not completed';

/** Makes a version true and looks whether it is; a change where none is expected is a complaint. */
async function bringAbout(
  arena: Arena,
  variant: Variant | undefined,
  findings: Findings,
  excuse: Excuse,
): Promise<void> {
  if (variant === undefined) return succeed(arena, 'down', findings);
  await arena.write(variant);
  if (excuse === 'none' || excuse === 'readiness') {
    const changes = (await planned(arena)).filter((ref) => excuse === 'none' || !ref.startsWith('guest.ready:'));
    if (changes.length > 0) findings.complaints.push(`the plan is not empty: ${changes.join(', ')}`);
  }
  if (excuse !== 'none') await succeed(arena, 'up', findings);
  findings.complaints.push(...(await arena.complaints(variant)));
}

/** What `up` would change. */
async function planned(arena: Arena): Promise<string[]> {
  const { code, stdout, stderr } = await arena.start('plan', '--format', 'json').ended;
  if (code !== 0) throw new Error(`plan ended with ${code}: ${stderr}`);
  const { stages } = JSON.parse(stdout) as Pick<Plan, 'stages'>;
  return stages.flatMap(({ instructions }) =>
    instructions.flatMap(({ resources, cause }) => resources.map(({ type, name }) => `${type}:${name} (${cause})`)),
  );
}

const tries = 3;

/** What failed goes on with the next command of the same kind, after a few at most. */
async function succeed(arena: Arena, command: 'up' | 'down', findings: Findings): Promise<void> {
  let stderr = '';
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    await ownMended(arena.home);
    const end = await arena.start(command, ...(command === 'up' ? ['--replace'] : ['--purge', '--yes'])).ended;
    if (end.code === 0) return;
    ({ stderr } = end);
    findings.notes.push(`${command} again: ${stderr.trim().split('\n').at(-1)}`);
  }
  throw new Error(`${command} does not succeed after ${tries} tries: ${stderr}`);
}

/** Lines that only one of two texts has. */
export function difference(wanted: string, found: string): string {
  const [left, right] = [wanted.split('\n'), found.split('\n')];
  const only = (lines: readonly string[], others: readonly string[], sign: string): string[] =>
    lines.filter((line) => !others.includes(line)).map((line) => `${sign} ${line.slice(0, 500)}`);
  return [...only(left, right, '-'), ...only(right, left, '+')].slice(0, 60).join('\n');
}
