import type { Sight } from './arena.ts';
import type { Ask, Deck, Round } from './draw.ts';
import type { Truth } from './truth.ts';

/** The words of a command about guests. */
export function askWords({ what, guest }: Ask): readonly string[] {
  if (what === 'down') return guest === undefined ? ['down'] : ['down', guest];
  return [what, guest ?? '*', ...(what === 'rebuild' ? ['--yes'] : []), ...(what === 'stop' ? ['--force'] : [])];
}

/** What has to be done first, so that there is something to ask. */
export function preparation({ what, guest }: Ask): Ask | undefined {
  const about = guest === undefined ? {} : { guest };
  if (what === 'start') return { what: 'stop', ...about };
  return what === 'resume' ? { what: 'pause', ...about } : undefined;
}

/** Whether everything runs after it as the file has it, so that `up` must have nothing to do. */
export function leavesAllUp({ what }: Ask): boolean {
  return what !== 'stop' && what !== 'pause' && what !== 'down';
}

/** Whether a cancel brings back the world before: a `down` is never rolled back, and a lost disk does not come back. */
export function comesBack({ what }: Ask): boolean {
  return what !== 'down' && what !== 'rebuild';
}

type Sights = ReadonlyMap<string, Sight>;

const statesAfter: Partial<Record<Ask['what'], Sight['state']>> = {
  stop: 'shut off',
  pause: 'paused',
  down: 'absent',
};

/** What of a completed command is not so: guests are as asked, and the others were left alone. */
export function askComplaints(ask: Ask, before: Sights, after: Sights): string[] {
  return [...after].flatMap(([name, now]) => {
    const then = before.get(name);
    if (then === undefined || then.state === 'absent') return [];
    const isMeant = ask.guest === undefined || ask.guest === name;
    const wanted = (isMeant ? statesAfter[ask.what] : undefined) ?? 'running';
    const isNew = isMeant && ['restart', 'rebuild', 'start'].includes(ask.what);
    const isOff = wanted === 'absent' || wanted === 'shut off';
    return [
      ...(now.state === wanted ? [] : [`after ${ask.what} ${name} is ${now.state} instead of ${wanted}`]),
      ...(isOff || isNew === (now.boot !== then.boot)
        ? []
        : [`after ${ask.what} ${name} runs in ${now.boot}, before in ${then.boot}`]),
    ];
  });
}

/** How often a script must have been started on its guest's disk. */
interface Range {
  readonly least: number;
  readonly most: number;
}

/**
 * What must hold after every round, once its guests are up again, whatever was killed: disks are kept unless they were
 * rebuilt, and scripts ran as often as they must.
 */
export function lastingComplaints(
  { guests }: Deck,
  { from, to, ask }: Round,
  status: Truth['status'],
  before: Sights,
  after: Sights,
): string[] {
  const isUp = status === 'cancelled' && to !== undefined ? from : to;
  return guests.slice(0, isUp?.guests ?? 0).flatMap(({ name, hasScript }) => {
    const [then, now] = [before.get(name), after.get(name)];
    const isRebuilt = ask?.what === 'rebuild' && (ask.guest ?? name) === name;
    const isAnother = then?.disk !== undefined && now?.disk !== then.disk;
    const { least, most } = runsOf(name, ask, status, then);
    const runs = now?.runs ?? 0;
    return [
      ...(now?.disk === undefined ? [`${name} has no disk`] : []),
      ...(isAnother && !isRebuilt ? [`the disk of ${name} is another: ${now?.disk}, before ${then.disk}`] : []),
      ...(isRebuilt && status === 'completed' && !isAnother ? [`the disk of ${name} was not made anew`] : []),
      ...(hasScript && (runs < least || runs > most)
        ? [`the script of ${name} was started ${runs} times instead of ${least} to ${most}`]
        : []),
    ];
  });
}

function runsOf(name: string, ask: Ask | undefined, status: Truth['status'], then: Sight | undefined): Range {
  const had = then?.disk === undefined ? 1 : (then.runs ?? 1);
  const isMeant = ask !== undefined && (ask.guest ?? name) === name;
  const isDone = status === 'completed';
  if (isMeant && ask.what === 'rerun') return { least: isDone ? had + 1 : had, most: had + 1 };
  if (isMeant && ask.what === 'rebuild') return { least: 1, most: isDone ? 1 : had };
  return { least: had, most: had };
}
