import type { CompileContext } from '../compile-context.ts';
import { unknownSwitch } from './unknown.ts';

/** Access: addresses are for switches there are, and where nobody may reach guests nothing is to run in them. */
export function checkAccess(context: CompileContext): void {
  const { findings, testbed, instances } = context;
  const { access } = testbed;
  if (!access) return;
  for (const { switch: parent, at } of access.addresses) unknownSwitch(context, parent, at);
  if (access.how !== 'none') return;
  const hint = 'leave `access` out, or the scripts';
  for (const { machine, setup, run } of instances) {
    const script = setup ?? run;
    if (!script || !machine.libvirt) continue;
    const message = `with \`access: none\` nothing can be run in \`${machine.name}\``;
    findings.error(script.at, 'script-without-access', message, hint);
  }
}
