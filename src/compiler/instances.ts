import type { Position } from '../model/diagnostic.ts';
import { formatIp, parseIp } from '../model/ip.ts';
import { macFromNumber, macNumber } from '../model/mac.ts';
import type { CloneScript, CloneWiring, Interface, Machine, Scaling, Testbed } from '../model/testbed.ts';

/** A script of the project, and where the file names it. */
export interface ScriptSource {
  readonly path: string;
  readonly at: Position;
}

/** Something that will run: a machine of the file, or one clone of a scaled one. */
export interface Instance {
  readonly name: string;
  readonly machine: Machine;
  /** The clone's number. */
  readonly clone?: number;
  readonly interfaces: readonly Interface[];
  /** Runs once, and on every `up`. */
  readonly setup?: ScriptSource;
  readonly run?: ScriptSource;
}

/** What scales a machine, of whatever kind it is. */
export function scalingOf(machine: Machine): Scaling | undefined {
  return machine.libvirt?.scaling ?? machine.docker?.scaling ?? machine.android?.scaling;
}

/** Everything that will run, in the order of the file. */
export function instancesOf(testbed: Testbed): Instance[] {
  return testbed.machines.flatMap((machine) => {
    const scaling = scalingOf(machine);
    return scaling ? clonesOf(machine, scaling) : [single(machine)];
  });
}

function single(machine: Machine): Instance {
  const image = machine.libvirt?.libvirt_type.cloud_image;
  return {
    name: machine.name,
    machine,
    interfaces: machine.network,
    ...(image?.setup_script === undefined ? {} : { setup: { path: image.setup_script, at: image.at('setup_script') } }),
    ...(image?.run_script === undefined ? {} : { run: { path: image.run_script, at: image.at('run_script') } }),
  };
}

/** A clone takes everything from its base but its interfaces and its scripts. */
function clonesOf(machine: Machine, scaling: Scaling): Instance[] {
  const wirings = scaling.interfaces.map((wiring) => ({ wiring, places: placesOf(wiring.clones) }));
  const setups = scriptsByClone(scaling.clone_setup);
  const runs = scriptsByClone(scaling.clone_run);
  return Array.from({ length: scaling.count }, (_, clone): Instance => {
    const setup = setups.get(clone);
    const run = runs.get(clone);
    return {
      name: `${machine.name}-${clone}`,
      machine,
      clone,
      interfaces: wirings.flatMap(({ wiring, places }) => {
        const place = places.get(clone);
        return place === undefined ? [] : [wireOf(wiring, place)];
      }),
      ...(setup ? { setup } : {}),
      ...(run ? { run } : {}),
    };
  });
}

/** A clone's address is the start of the range plus the clone's place in the list, not its number. */
function wireOf({ at, switch: parent, gateway, ip, mac_range }: CloneWiring, place: number): Interface {
  return {
    at,
    switch: parent,
    ...(gateway === undefined ? {} : { gateway }),
    ...(mac_range === undefined ? {} : { mac: macFromNumber(macNumber(mac_range.from) + place) }),
    ...(ip === undefined ? {} : { ip: typeof ip === 'string' ? ip : addressAt(ip.from, place) }),
  };
}

function addressAt(from: string, place: number): string {
  const first = parseIp(from)!;
  return formatIp({ version: first.version, value: first.value + BigInt(place) });
}

function placesOf(clones: readonly number[]): Map<number, number> {
  const places = new Map<number, number>();
  for (const [place, clone] of clones.entries()) if (!places.has(clone)) places.set(clone, place);
  return places;
}

/** A clone that is named twice has the last script, as in the original. */
function scriptsByClone(scripts: readonly CloneScript[]): Map<number, ScriptSource> {
  return new Map(
    scripts.flatMap(({ script, clones, at }) =>
      clones.map((clone) => [clone, { path: script, at: at('script') }] as const),
    ),
  );
}
