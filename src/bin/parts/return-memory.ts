import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const lookEveryMs = 10_000;
/** Of one processor: above it something goes on, below the other nothing does but beats. */
const busy = 0.2;
const idle = 0.05;
/** The first one frees objects; the room for new ones is only made smaller when little was made for a while before. */
const collections = 2;

/**
 * Gives memory back when work is over: V8 collects only when something is made, so a process that has nothing to do
 * would keep all that its last large run needed. Returns what stops that.
 */
export function returnMemoryWhenIdle(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let before = process.cpuUsage();
  let due = collections;
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    const share = (user + system) / 1000 / lookEveryMs;
    if (share > busy) due = collections;
    if (due > 0 && share <= idle) {
      due -= 1;
      collect();
    }
    // Without what collecting took.
    before = process.cpuUsage();
  }, lookEveryMs).unref();
  return () => clearInterval(timer);
}
