/**
 * Gives every machine a host, in the order of the file. A machine stays where it was while that host exists; a new one
 * goes to the host with the fewest machines, the first of them in the order of the hosts file. From nothing that is
 * round-robin; later it fills gaps, and an unrelated edit never moves a guest.
 */
export function placeMachines(
  machines: readonly string[],
  hosts: readonly string[],
  kept: Readonly<Record<string, string>>,
): Record<string, string> {
  const load = new Map(hosts.map((host) => [host, 0]));
  const placed = new Map<string, string>();
  const put = (machine: string, host: string): void => {
    placed.set(machine, host);
    load.set(host, (load.get(host) ?? 0) + 1);
  };
  for (const machine of machines) {
    const host = Object.hasOwn(kept, machine) ? kept[machine] : undefined;
    if (host !== undefined && load.has(host)) put(machine, host);
  }
  for (const machine of machines) {
    if (placed.has(machine)) continue;
    put(
      machine,
      hosts.reduce((best, host) => (load.get(host)! < load.get(best)! ? host : best)),
    );
  }
  return Object.fromEntries(machines.map((machine) => [machine, placed.get(machine)!]));
}
