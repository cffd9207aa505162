import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arena, Dump } from './arena.ts';
import { describeRound, drawRounds } from './draw.ts';
import { difference, playRound, type Verdict } from './round.ts';

/** Which rounds to play. */
export interface Game {
  readonly seed: number;
  /** How many rounds; with `only`, as many are drawn and that one is played. */
  readonly rounds: number;
  readonly only?: number;
  /** Where the evidence of failing rounds goes. */
  readonly evidence: string;
  /** How to play it again, without the number of the round. */
  readonly command: string;
  readonly say: (text: string) => void;
}

/** Plays rounds until one fails; what it complains of, with how to reproduce it. Nothing when all went well. */
export async function play(arena: Arena, game: Game): Promise<readonly string[]> {
  const { seed, say } = game;
  const started = await arena.start('server', 'start').ended;
  if (started.code !== 0) return [`the server does not start: ${started.stderr}`];
  const untouched = await arena.dump();
  for (const round of drawRounds(seed, game.rounds, arena.deck)) {
    if (game.only !== undefined && round.number !== game.only) continue;
    say(describeRound(round));
    const begun = Date.now();
    const verdict = await playRound(arena, round, untouched);
    const missed = verdict.missed > 0 ? `, ${verdict.missed} blows came too late` : '';
    say(`   ${verdict.status} after ${((Date.now() - begun) / 1000).toFixed(1)} s${missed}`);
    for (const note of verdict.notes) say(`   ${note}`);
    if (verdict.complaints.length > 0) {
      const folder = await keepEvidence(arena, game, round.number, verdict);
      return [
        ...verdict.complaints,
        `again: ${game.command} --seed ${seed} --rounds ${game.rounds} --only ${round.number}`,
        `evidence: ${folder}`,
      ];
    }
  }
  return leaveNothing(arena, untouched);
}

/** Whatever became of the rounds, the last purge leaves nothing. */
async function leaveNothing(arena: Arena, untouched: Dump): Promise<readonly string[]> {
  const { code, stderr } = await arena.start('down', '--purge', '--yes').ended;
  if (code !== 0) return [`the last purge ended with ${code}: ${stderr}`];
  const { lasting, running } = await arena.dump();
  return lasting === untouched.lasting && running === untouched.running
    ? []
    : [`the last purge left something:\n${difference(untouched.lasting + untouched.running, lasting + running)}`];
}

async function keepEvidence(arena: Arena, game: Game, number: number, verdict: Verdict): Promise<string> {
  const folder = join(game.evidence, `seed-${game.seed}-round-${number}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(verdict.texts)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'complaints.txt'), verdict.complaints.join('\n'));
  await arena.keep(folder);
  return folder;
}
