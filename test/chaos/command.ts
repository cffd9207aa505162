import { runWorkflowId } from '../../src/client/names.ts';
import type { Finished } from '../support/command.ts';
import type { Arena, Client } from './arena.ts';
import type { Blow, Round } from './draw.ts';
import { askWords } from './ask.ts';
import { killOwn } from './own-processes.ts';
import { eventCounter, runsIn } from './run-log.ts';
import { withTemporal } from './truth.ts';
import { until } from './until.ts';

/** What became of a command under blows. */
export interface Played {
  readonly run: string;
  /** The last command line that followed it. */
  readonly last: Finished;
  /** Blows that came after its end, and so did not fall. */
  readonly missed: readonly Blow[];
}

/** Runs the command of a round, and lets every blow fall when its event is in the log. */
export async function playCommand(arena: Arena, round: Round): Promise<Played> {
  const known = new Set(runsIn(arena.home));
  const player = new Player(arena, arena.start(...wordsOf(round), '--progress', 'json'));
  const run = await until('the run has a log', arena.patienceMs, async () => {
    const found = runsIn(arena.home).find((each) => !known.has(each));
    if (found === undefined && player.isOver) {
      const { code, stderr } = await player.client.ended;
      throw new Error(`the command ended with ${code} before its run began: ${stderr}`);
    }
    return found;
  });
  player.run = run;
  const count = eventCounter(arena.home, run);
  const missed: Blow[] = [];
  for (const blow of round.blows) {
    await until(`event ${blow.after}`, arena.patienceMs, () => count() >= blow.after || player.isOver);
    if (player.isOver) missed.push(blow);
    else await player.suffer(blow);
  }
  return { run, last: await player.end(), missed };
}

/** The words of a round's command. */
function wordsOf({ to, ask }: Round): readonly string[] {
  if (ask) return askWords(ask);
  return to === undefined ? ['down', '--purge', '--yes'] : ['up', '--replace'];
}

class Player {
  private readonly arena: Arena;
  run = '';
  client: Client;
  isOver = false;
  private readonly pending: Promise<void>[] = [];

  constructor(arena: Arena, client: Client) {
    this.arena = arena;
    this.client = client;
    this.watch(client);
  }

  async suffer(blow: Blow): Promise<void> {
    const { arena } = this;
    if ('cancel' in blow) return this.cancel(blow.cancel);
    if (blow.strike === 'client') return this.replaceClient();
    if (
      blow.strike === 'gateway' ||
      blow.strike === 'worker' ||
      blow.strike === 'temporal' ||
      blow.strike === 'supervisor'
    )
      return killOwn(arena.home, blow.strike);
    return arena.hurt(blow);
  }

  /** Waits for the end of whoever follows the run last, and for cancels that are on their way. */
  async end(): Promise<Finished> {
    await until('the run has ended', this.arena.patienceMs, () => this.isOver);
    await Promise.all(this.pending);
    return this.client.ended;
  }

  private watch(client: Client): void {
    void client.ended.then(() => {
      if (this.client === client) this.isOver = true;
    });
  }

  /** Somebody must follow: whoever follows last starts the server again when it is gone. */
  private replaceClient(): void {
    const dead = this.client;
    this.client = this.arena.start('attach', `${this.arena.deployment}/${this.run}`, '--progress', 'json');
    this.watch(this.client);
    dead.kill('SIGKILL');
  }

  private async cancel(way: 'command' | 'ctrl-c' | 'temporal'): Promise<void> {
    if (way === 'ctrl-c') {
      this.client.kill('SIGINT');
      return;
    }
    const asking = this.ask(way === 'command' ? () => this.byCommand() : () => this.byTemporal());
    asking.catch(() => undefined); // told at the end
    this.pending.push(asking);
  }

  /** What does not arrive while parts of the server are dead is asked again, as a person would. */
  private async ask(once: () => Promise<boolean>): Promise<void> {
    await until('the cancel has arrived', this.arena.patienceMs, async () => this.isOver || (await once()));
  }

  private async byCommand(): Promise<boolean> {
    const { code } = await this.arena.start('cancel', `${this.arena.deployment}/${this.run}`, '--reason', 'chaos')
      .ended;
    return code === 0;
  }

  private async byTemporal(): Promise<boolean> {
    const id = runWorkflowId(this.arena.deployment);
    try {
      await withTemporal(this.arena.home, (client) => client.workflow.getHandle(id, this.run).cancel());
      return true;
    } catch {
      return false;
    }
  }
}
