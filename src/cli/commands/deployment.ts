import type { Answers } from '../../api/operations.ts';
import { exitCode } from '../../messages/exit-code.ts';
import { Failure } from '../../model/failure.ts';
import type { Cli } from '../cli.ts';
import { agreed } from '../confirm.ts';
import { formatOf } from '../globals.ts';
import { placeOf } from '../project-place.ts';
import { runToEnd, startDetached } from '../run-command.ts';
import { askServer } from '../session.ts';
import type { CliWorld } from '../world.ts';

type Known = Answers['deployments'][number];

/** `deployment list|info|create|destroy|reset-state`: what this server knows, whatever folder one stands in. */
export function addDeployment(cli: Cli): void {
  const deployment = cli.program.command('deployment').description('the deployments this server knows');
  deployment
    .command('list', { isDefault: true })
    .description('list them, with how they are and where')
    .action(cli.action(() => list(cli)));
  deployment
    .command('info')
    .description('where a deployment belongs, and which guest is on which host')
    .argument('<name>', 'the deployment')
    .action(cli.action((name) => info(cli, name)));
  deployment
    .command('create')
    .description("register this folder's deployment, and make nothing yet")
    .argument('[name]', "the deployment (the folder's name, or --project-name)")
    .action(cli.action((name) => create(cli, name)));
  deployment
    .command('reset-state')
    .description('make what the server believes of a deployment anew from what its hosts hold; changes nothing there')
    .argument('<name>', 'the deployment')
    .option('-y, --yes', 'do not ask')
    .action(cli.action((name, options) => resetState(cli, name, options)));
  deployment
    .command('destroy')
    .description('remove all a deployment has on the hosts, its disks too, and forget it')
    .argument('<name>', 'the deployment')
    .option('-y, --yes', 'do not ask')
    .option('--detach', 'return at once and print the name of the run')
    .action(cli.action((name, options) => destroy(cli, name, options)));
}

async function list({ world, globals }: Cli): Promise<number> {
  const format = formatOf(globals(), ['table', 'json']);
  const known = await askServer(world, 'deployments', {});
  if (format === 'json') world.stdout.write(`${JSON.stringify(known, undefined, 2)}\n`);
  else {
    const { table } = await import('../render/table.ts');
    const rows = known.map(({ name, status, hosts, folder }) => [name, status, hosts.join(' '), folder]);
    world.stdout.write(table(['DEPLOYMENT', 'STATUS', 'HOSTS', 'FOLDER'], rows));
  }
  return exitCode.done;
}

async function info({ world, globals }: Cli, name: string): Promise<number> {
  const format = formatOf(globals(), ['text', 'json']);
  const known = await find(world, name);
  if (format === 'json') world.stdout.write(`${JSON.stringify(known, undefined, 2)}\n`);
  else world.stdout.write(textOf(known));
  return exitCode.done;
}

function textOf({ name, status, folder, file, hostsFile, hosts, placement }: Known): string {
  const guests = Object.entries(placement).map(([guest, host]) => `guest   ${guest} on ${host}`);
  return [
    `${name}: ${status}`,
    `file    ${folder}/${file}`,
    `hosts   ${hosts.join(', ') || 'none'}${hostsFile === undefined ? '' : ` (${hostsFile})`}`,
    ...guests,
    '',
  ].join('\n');
}

async function destroy(
  { world, globals }: Cli,
  name: string,
  { yes, detach }: { readonly yes?: boolean; readonly detach?: boolean },
): Promise<number> {
  const where = placeOfKnown(await find(world, name));
  if (!(await agreed(world, yes, `destroy ${name}? What is on its disks is lost.`))) return exitCode.done;
  const start = {
    operation: 'down',
    id: world.newId(),
    asked: { ...where, options: { purge: true }, follow: detach !== true },
  } as const;
  return detach ? startDetached(world, start) : runToEnd(world, globals(), start, `deployment destroy ${name}`);
}

async function create({ world, globals }: Cli, name: string | undefined): Promise<number> {
  const decided = globals();
  const place =
    name === undefined ? placeOf(decided, world) : placeOf({ ...decided, projectName: name }, world, 'NAME');
  const { checkBefore } = await import('../check-project.ts');
  if (await checkBefore(world, place, { strict: false })) return exitCode.usage;
  const { withVariables } = await import('../project-text.ts');
  const start = {
    operation: 'create',
    id: world.newId(),
    asked: { ...(await withVariables(world, place)), options: {}, follow: true },
  } as const;
  return runToEnd(world, decided, start, 'deployment create', 'nothing was made on any host');
}

async function resetState({ world, globals }: Cli, name: string, { yes }: { readonly yes?: boolean }): Promise<number> {
  const where = placeOfKnown(await find(world, name));
  const question = `make what is believed of ${name} anew from what its hosts hold?`;
  if (!(await agreed(world, yes, question))) return exitCode.done;
  const start = {
    operation: 'reset',
    id: world.newId(),
    asked: { ...where, options: {}, follow: true },
  } as const;
  return runToEnd(world, globals(), start, `deployment reset-state ${name}`, 'nothing was changed on any host');
}

/** Where a deployment's files are, wherever the command is given. */
function placeOfKnown({ name, folder, file, hostsFile }: Known) {
  return { deployment: name, folder, file, ...(hostsFile === undefined ? {} : { hostsFile }) };
}

async function find(world: CliWorld, name: string): Promise<Known> {
  const known = await askServer(world, 'deployments', {});
  const found = known.find((each) => each.name === name);
  if (found) return found;
  const names = known.map((each) => each.name);
  throw new Failure({
    code: 'no-such-deployment',
    class: 'permanent',
    message: `this server knows no deployment ${name}`,
    object: name,
    hint: names.length === 0 ? 'it knows none: run up first' : `it knows ${names.slice(0, 20).join(', ')}`,
  });
}
