import type { CompileContext } from '../compile-context.ts';
import { checkAccess } from './access.ts';
import { checkAcls } from './acls.ts';
import { checkAddresses } from './addresses.ts';
import { checkBridges } from './bridges.ts';
import { checkClones } from './clones.ts';
import { checkDependencies } from './dependencies.ts';
import { checkMachines } from './machines.ts';
import { checkNames } from './names.ts';
import { checkPlacement } from './placement.ts';
import { checkRouters } from './routers.ts';
import { checkTranslation } from './translation.ts';

/** Everything that can be wrong with a testbed whose every value is well formed. */
export function check(context: CompileContext): void {
  checkMachines(context);
  checkClones(context);
  checkNames(context);
  checkDependencies(context);
  checkPlacement(context);
  checkBridges(context);
  checkAddresses(context);
  checkRouters(context);
  checkTranslation(context);
  checkAcls(context);
  checkAccess(context);
}
