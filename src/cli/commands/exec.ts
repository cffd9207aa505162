import type { Cli } from '../cli.ts';
import { quote, sshToGuest } from '../guest-ssh.ts';
import { findGuest } from '../guest-status.ts';
import { placeOf } from '../project-place.ts';

/** `exec`: runs one command in a guest, its arguments untouched by any shell; ends with the guest's exit code. */
export function addExec({ program, world, globals, action }: Cli): void {
  program
    .command('exec')
    .description('run a command in a guest (after --) and end with its exit code')
    .argument('<guest>', 'name of the machine in the project file')
    .argument('<command...>', 'the command and its arguments, exactly as given')
    .action(
      action(async (guest, command) => {
        const reach = await findGuest(world, placeOf(globals(), world), guest);
        return world.spawn(sshToGuest(guest, reach, [command.map(quote).join(' ')]));
      }),
    );
}
