import type { Scene } from '../scene.ts';
import { checkAcls } from './acls.ts';
import { checkAddresses } from './addresses.ts';
import { checkMachines } from './machines.ts';
import { checkNames } from './names.ts';
import { checkRouters } from './routers.ts';

/** Everything that can be wrong with a testbed whose every value is well formed. */
export function check(scene: Scene): void {
  checkMachines(scene);
  checkNames(scene);
  checkAddresses(scene);
  checkRouters(scene);
  checkAcls(scene);
}
