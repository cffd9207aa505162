import type { Cli } from '../cli.ts';
import { sshToGuest } from '../guest-ssh.ts';
import { findGuest } from '../guest-status.ts';
import { placeOf } from '../project-place.ts';

/** `ssh`: OpenSSH into a guest, as OpenSSH behaves; ends with its exit code. */
export function addSsh({ program, world, globals, action }: Cli): void {
  program
    .command('ssh')
    .description('open a shell in a guest, or run a command line there (after --)')
    .argument('<guest>', 'name of the machine in the project file')
    .argument('[command...]', "words for the guest's shell")
    .action(
      action(async (guest, command) => {
        const reach = await findGuest(world, placeOf(globals(), world), guest);
        return world.spawn(sshToGuest(guest, reach, command));
      }),
    );
}
