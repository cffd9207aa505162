import type { Position } from '../../model/diagnostic.ts';
import { didYouMean } from '../../model/similar.ts';
import type { Scene } from '../scene.ts';

/** Reports a switch that does not exist; true when it does not. */
export function unknownSwitch({ testbed, findings }: Scene, name: string, at: Position): boolean {
  const known = testbed.network.switches.map((each) => each.name);
  if (known.includes(name)) return false;
  findings.error(at, 'unknown-switch', `there is no switch \`${name}\``, didYouMean(name, known));
  return true;
}
