import type { Product } from '../scenarios/support/product.ts';
import { shellOnHost } from '../support/playground.ts';
import type { Sight } from './arena.ts';

/** What a host can tell of a domain and its disk, a line each; empty where there is none. */
const program = (deployment: string, guest: string): string => `
virsh -q domstate ${deployment}-${guest} 2>/dev/null | head -n 1
echo "pid $(cat /run/libvirt/qemu/${deployment}-${guest}.pid 2>/dev/null)"
echo "disk $(stat -c '%i %W' /var/lib/kvm-compose/deployments/${deployment}/disks/${guest}.qcow2 2>/dev/null)"
`;

/** Looks at guests of a product on real hosts. What a guest counted is remembered for when it does not run. */
export function realLook(
  { run }: Pick<Product, 'run'>,
  project: string,
  deployment: string,
  guests: readonly { readonly name: string; readonly host: string; readonly hasScript: boolean }[],
): () => Promise<ReadonlyMap<string, Sight>> {
  const counted = new Map<string, number>();
  const lookAt = async ({ name, host, hasScript }: (typeof guests)[number]): Promise<Sight> => {
    const lines = (await shellOnHost(host, program(deployment, name))).split('\n').map((line) => line.trim());
    const valueOf = (word: string): string => lines.find((line) => line.startsWith(`${word} `))?.slice(5) ?? '';
    const state = (['running', 'paused', 'shut off'] as const).find((each) => lines.includes(each));
    const [boot, disk] = [valueOf('pid'), valueOf('disk')];
    if (disk !== '' && hasScript && state === 'running') {
      const { stdout } = await run(project, 'exec', name, '--', 'cat', '/var/lib/kvm-compose/count');
      counted.set(disk, stdout.split('x').length - 1);
    }
    const runs = counted.get(disk);
    return {
      state: state ?? 'absent',
      boot,
      ...(disk === '' ? {} : { disk }),
      ...(runs === undefined ? {} : { runs }),
    };
  };
  return async () => new Map(await Promise.all(guests.map(async (each) => [each.name, await lookAt(each)] as const)));
}
