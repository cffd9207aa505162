import { main } from '../../src/cli/main.ts';
import type { CliWorld, ServerInfo } from '../../src/cli/world.ts';
import { Failure } from '../../src/model/failure.ts';
import { filesOf } from './doubles.ts';
import { fakeGateway, type FakeGateway } from './fake-gateway.ts';

/** What a test says about the world of a command line. */
export interface CliSetting {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Texts by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly images?: readonly string[];
  readonly gateway?: FakeGateway;
  /** No server runs at first. */
  readonly stopped?: boolean;
  readonly exitOfSpawn?: number;
  /** Is given the listener of Ctrl-C. */
  /** Somebody sits at the keyboard; is given the listener of keys. */
  readonly keys?: (press: (key: string) => void) => () => void;
  readonly interrupts?: (press: () => void) => void;
}

/** What a command line left behind. */
export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Texts by absolute path, afterwards. */
  readonly files: Readonly<Record<string, string>>;
  readonly spawned: readonly (readonly string[])[];
}

const serverInfo: ServerInfo = {
  state: 'ready',
  pid: 4242,
  version: '1.2.3',
  startedAt: '2026-11-24T09:59:00.000Z',
  port: 3355,
  temporal: { address: '127.0.0.1:3357', ui: 'http://127.0.0.1:3356', version: '1.29.1' },
  parts: {
    temporal: { pid: 4243, restarts: 0 },
    worker: { pid: 4244, restarts: 1 },
    gateway: { pid: 4245, restarts: 0 },
  },
};

/** Runs a command line in a made-up world in which no time passes. */
export async function runCli(line: readonly string[], setting: CliSetting = {}): Promise<CliRun> {
  const out = { stdout: '', stderr: '' };
  const files: Record<string, string> = { ...setting.files };
  const spawned: (readonly string[])[] = [];
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => void (out[name] += text),
    isTTY: false,
    columns: 100,
    rows: 30,
  });
  let running = setting.stopped !== true;
  let ids = 0;
  const world: CliWorld = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: setting.env ?? {},
    cwd: setting.cwd ?? '/home/ann/lab',
    user: 'ann@laptop',
    version: '1.2.3',
    dial: (setting.gateway ?? fakeGateway(() => undefined)).dial,
    server: {
      home: '/var/lib/kvm-compose/server',
      running: async () => (running ? serverInfo : undefined),
      start: async () => {
        const already = running;
        running = true;
        return { info: serverInfo, already };
      },
      stop: async () => {
        const was = running;
        running = false;
        return was;
      },
      logs: async (part, lines, _follow, take) => take(`${lines} lines of ${part}\n`),
    },
    readText: async (path) => {
      const text = files[path];
      if (text !== undefined) return text;
      const hint = 'change to the folder of the project, or name the file with --input or --hosts';
      throw new Failure({
        code: 'file-missing',
        class: 'permanent',
        message: `there is no file ${path}`,
        object: path,
        hint,
      });
    },
    exists: (path) => files[path] !== undefined,
    projectFiles: async () => filesOf(files),
    copyFile: async (from, to) => void (out.stderr += `(copied ${from} to ${to})\n`),
    imageNames: async () => setting.images ?? ['tiny'],
    spawn: async (argv) => {
      spawned.push(argv);
      return setting.exitOfSpawn ?? 0;
    },
    onInterrupt: (listener) => {
      setting.interrupts?.(listener);
      return () => undefined;
    },
    onKeys: (listener) => setting.keys?.(listener),
    now: () => Date.UTC(2026, 10, 24, 10, 0, 0),
    newId: () => `id-${(ids += 1)}`,
  };
  const code = await main(line, world);
  return { code, ...out, files, spawned };
}

/** A session as a reader sees it: the line, what it printed, and how it ended. */
export function transcript(line: readonly string[], run: CliRun): string {
  const shown = line.map((word) => (/^[\w./=@:-]+$/.test(word) ? word : `'${word}'`)).join(' ');
  const section = (name: string, text: string): string => (text === '' ? '' : `--- ${name}\n${text}`);
  return `$ kvm-compose ${shown}\n${section('stdout', run.stdout)}${section('stderr', run.stderr)}--- exit code ${run.code}\n`;
}
