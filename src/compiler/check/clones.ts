import type { Position, Where } from '../../model/diagnostic.ts';
import { parseIp } from '../../model/ip.ts';
import { macNumber } from '../../model/mac.ts';
import type { CloneScript, CloneWiring, Machine, Scaling } from '../../model/testbed.ts';
import { repeated } from '../findings.ts';
import type { CompileContext } from '../compile-context.ts';
import { scalingOf } from '../instances.ts';
import { unknownSwitch } from './unknown.ts';

/** Clones: each is on a switch, and ranges have exactly as many addresses as clones. */
export function checkClones(context: CompileContext): void {
  for (const machine of context.testbed.machines) {
    const scaling = scalingOf(machine);
    if (scaling) checkScaling(context, machine, scaling);
  }
}

function checkScaling(context: CompileContext, machine: Machine, scaling: Scaling): void {
  const { findings } = context;
  const { name, libvirt } = machine;
  if (scaling.count === 0) findings.warning(scaling.at('count'), 'no-clones', `\`${name}\` is scaled to no clones`);
  for (const wiring of scaling.interfaces) {
    unknownSwitch(context, wiring.switch, wiring.at());
    checkNumbers(context, scaling, wiring);
    checkRanges(context, wiring);
  }
  const wired = new Set(scaling.interfaces.flatMap(({ clones }) => clones));
  const loose = Array.from({ length: scaling.count }, (_, clone) => clone).filter((clone) => !wired.has(clone));
  if (loose.length > 0) {
    const message = `${clonesText(loose)} of \`${name}\` ${loose.length === 1 ? 'is' : 'are'} on no switch`;
    findings.error(scaling.at('interfaces'), 'clone-without-switch', message);
  }
  for (const script of [...scaling.clone_setup, ...scaling.clone_run]) checkNumbers(context, scaling, script);
  checkTwice(context, 'clone_setup', scaling.clone_setup);
  checkTwice(context, 'clone_run', scaling.clone_run);
  if (libvirt?.libvirt_type.iso_guest) {
    findings.error(scaling.at(), 'iso-scaled', `\`${name}\` boots from an ISO image and cannot be scaled`);
  }
  checkScripts(context, machine, scaling);
}

function checkNumbers(
  { findings }: CompileContext,
  { count }: Scaling,
  { at, clones }: CloneWiring | CloneScript,
): void {
  const place = clones.findIndex((clone) => clone >= count);
  if (place >= 0 && count > 0) {
    const message = `there is no clone ${clones[place]}: the last of ${count} is ${count - 1}`;
    findings.warning(at('clones', place), 'unknown-clone', message);
  }
  const [twice] = repeated(clones.entries(), ([, clone]) => String(clone));
  if (twice) findings.warning(at('clones', twice.again[0]), 'clone-twice', `clone ${twice.key} is listed twice`);
}

function checkRanges({ findings }: CompileContext, { at, clones, ip, mac_range }: CloneWiring): void {
  const check = (what: string, length: bigint, position: Position): void => {
    if (length === BigInt(clones.length)) return;
    const message = `the range has ${length} ${what}, but ${clones.length} clones are listed`;
    findings.error(position, 'range-length', message, 'there must be exactly as many');
  };
  if (typeof ip === 'object') {
    check('addresses', parseIp(ip.to)!.value - parseIp(ip.from)!.value + 1n, at('ip_type', 'ip_range'));
  }
  if (mac_range)
    check('MAC addresses', BigInt(macNumber(mac_range.to) - macNumber(mac_range.from) + 1), at('mac_range'));
}

function checkTwice({ findings }: CompileContext, key: string, scripts: readonly CloneScript[]): void {
  const mentions = scripts.flatMap(({ at, clones }) => clones.map((clone) => ({ at, clone })));
  for (const { again } of repeated(mentions, ({ clone }) => String(clone))) {
    const { at, clone }: { at: Where; clone: number } = again;
    findings.warning(at('script'), 'clone-twice', `clone ${clone} is in two entries of \`${key}\`; this one is used`);
  }
}

/** Scripts are run with the deployment's key, which only a seed brings into a guest. */
function checkScripts({ findings }: CompileContext, { name, libvirt }: Machine, scaling: Scaling): void {
  const image = libvirt?.libvirt_type.cloud_image;
  if (image?.setup_script !== undefined) {
    const hint = 'use `shared_setup` for the image they share, or `clone_setup` for each of them';
    findings.warning(
      image.at('setup_script'),
      'ignored-key',
      `clones of \`${name}\` do not run \`setup_script\``,
      hint,
    );
  }
  if (image?.run_script !== undefined) {
    findings.warning(
      image.at('run_script'),
      'ignored-key',
      `clones of \`${name}\` do not run \`run_script\``,
      'use `clone_run`',
    );
  }
  const scripts = [...scaling.clone_setup, ...scaling.clone_run];
  if (!libvirt || image || (scripts.length === 0 && scaling.shared_setup === undefined)) return;
  const message = `scripts run in guests of cloud images only, so \`${name}\` runs none`;
  findings.warning(scripts[0]?.at('script') ?? scaling.at('shared_setup'), 'script-without-key', message);
}

function clonesText(clones: readonly number[]): string {
  const shown = clones.slice(0, 5).join(', ');
  const more = clones.length > 5 ? ` and ${clones.length - 5} more` : '';
  return `${clones.length === 1 ? 'clone' : 'clones'} ${shown}${more}`;
}
