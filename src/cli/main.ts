import { Command, CommanderError } from '@commander-js/extra-typings';
import { exitCode } from '../messages/exit-code.ts';
import { failureOf } from '../model/failure.ts';
import type { Cli } from './cli.ts';
import { addAttach } from './commands/attach.ts';
import { addBundle } from './commands/bundle.ts';
import { addCancel } from './commands/cancel.ts';
import { addClearArtefacts } from './commands/clear-artefacts.ts';
import { addDecide } from './commands/decide.ts';
import { addDeployment } from './commands/deployment.ts';
import { addDown } from './commands/down.ts';
import { addExec } from './commands/exec.ts';
import { addGenerateArtefacts } from './commands/generate-artefacts.ts';
import { addGc } from './commands/gc.ts';
import { addHost } from './commands/host.ts';
import { addLogs } from './commands/logs.ts';
import { addPlan } from './commands/plan.ts';
import { addRuns } from './commands/runs.ts';
import { addGraph } from './commands/graph.ts';
import { addSchema } from './commands/schema.ts';
import { addServer } from './commands/server.ts';
import { addSsh } from './commands/ssh.ts';
import { addStart } from './commands/start.ts';
import { addStop } from './commands/stop.ts';
import { addRestart } from './commands/restart.ts';
import { addPause } from './commands/pause.ts';
import { addResume } from './commands/resume.ts';
import { addRebuild } from './commands/rebuild.ts';
import { addRerun } from './commands/rerun.ts';
import { addStatus } from './commands/status.ts';
import { addUp } from './commands/up.ts';
import { addValidate } from './commands/validate.ts';
import { exitCodeOf } from './exit.ts';
import { decideGlobals, type GivenGlobals, type Globals, progressModes } from './globals.ts';
import { ConnectionLost } from '../gateway/protocol/connection.ts';
import type { CliWorld } from './world.ts';

const commands = [
  addUp,
  addDown,
  addPlan,
  addStatus,
  addStart,
  addStop,
  addRestart,
  addPause,
  addResume,
  addRebuild,
  addRerun,
  addValidate,
  addGenerateArtefacts,
  addClearArtefacts,
  addGraph,
  addSchema,
  addSsh,
  addExec,
  addAttach,
  addCancel,
  addDecide,
  addLogs,
  addRuns,
  addBundle,
  addGc,
  addDeployment,
  addHost,
  addServer,
];

/** Runs one command line in a world; its exit code. */
export async function main(words: readonly string[], world: CliWorld): Promise<number> {
  const program = createProgram(world);
  let decided: Globals | undefined;
  let code: number = exitCode.done;
  const cli: Cli = {
    program,
    world,
    globals: () => (decided ??= decideGlobals(program.opts(), world)),
    action:
      (run) =>
      async (...args) => {
        code = await run(...args);
      },
  };
  for (const add of commands) add(cli);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, world, program.opts());
  }
}

function createProgram(world: CliWorld) {
  return new Command('kvm-compose')
    .description('Laboratories of virtual machines on plain Linux hosts, from one file')
    .version(world.version)
    .option('--input <file>', 'the project file (kvm-compose.yaml in the working directory)')
    .option('--hosts <file>', 'the hosts file (one local host without it)')
    .option('--project-name <name>', "name of the deployment (the name of the file's folder)")
    .option('--format <format>', 'form of the data: text or table, json, and what else a command knows')
    .option('--progress <mode>', `how progress is shown: ${progressModes.join(', ')}`)
    .option('-v, --verbose', 'say where each setting comes from')
    .option('--no-color', 'no colours (also NO_COLOR)')
    .addHelpText('after', exitCodes)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
      getOutHelpWidth: () => world.stdout.columns,
      getErrHelpWidth: () => world.stderr.columns,
    });
}

const exitCodes = `
Every option may be given as an environment variable too: --hosts is KVM_COMPOSE_HOSTS.
Exit codes: 0 done, 1 failed, 2 invalid input or usage, 3 busy, 4 changes (plan --detailed-exitcode), 130 cancelled.`;

/** What went wrong, once, on stderr; the exit code that says which kind it was. */
async function explain(error: unknown, world: CliWorld, given: GivenGlobals): Promise<number> {
  // Commander has printed its own.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  const { explainFailure, globalsIfAny } = await import('./explain.ts');
  const lost = { code: 'no-server', class: 'transient', hint: 'kvm-compose server status' } as const;
  const failure = error instanceof ConnectionLost ? { ...lost, message: error.message } : failureOf(error);
  world.stderr.write(await explainFailure(world, globalsIfAny(given, world), failure));
  if (failure.code === 'internal' && error instanceof Error) world.stderr.write(`${error.stack ?? ''}\n`);
  return exitCodeOf(failure);
}
