import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, Readable } from 'node:stream';
import { createSecrets } from '../../src/adapters/secrets/key-folder.ts';
import type { Host } from '../../src/model/host.ts';
import type { Reach } from '../../src/model/resources.ts';
import type { Runner } from '../../src/ports/runner.ts';
import type { Secrets } from '../../src/ports/store.ts';
import { output } from './command.ts';

/** A host for tests: this machine, by a runner that rewrites the few places a real host has. */
export const here: Host = {
  name: 'here',
  connection: 'local',
  address: '127.0.0.1',
  port: 22,
  user: 'root',
  accelerator: 'auto',
};

/**
 * A real sshd on loopback that stands for guests, and a runner that stands for their host: what a guest keeps under
 * /var/lib, its boot id, and what a host keeps under /run and /var/lib lie in a folder of the test's own.
 */
export class LocalGuests {
  readonly folder: string;
  readonly runner: Runner;
  readonly secrets: Secrets;
  readonly #stop: (() => void)[] = [];
  #sshd: { readonly port: number; readonly pid: number | undefined } | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.secrets = createSecrets(join(folder, 'secrets'));
    this.runner = {
      run: (_host, execution) => this.#run(execution),
      open: (_host, argv) => this.#open(argv),
      close: async () => undefined,
    };
  }

  /** `shell`: what runs commands in the guests. */
  static async create(shell: 'sh' | 'busybox' = 'sh'): Promise<LocalGuests> {
    const guests = new LocalGuests(await mkdtemp(join(tmpdir(), 'kc-guests-')));
    await guests.#prepare(shell);
    return guests;
  }

  /** How a guest is reached; with a host key secret of another guest's its key is the wrong one. */
  reach(guest: string, more: Partial<Reach> = {}): Reach {
    return {
      guest,
      namespace: 'kc-lab',
      routes: [{ link: 'lo', address: '::1', via: 'lab-access' }],
      user: 'root',
      keySecret: 'lab/ssh',
      hostKeySecret: 'lab/hostkey/any',
      ...more,
    };
  }

  /** Lets the guests' sshd listen. */
  async listen(): Promise<void> {
    const port = this.#sshd?.port ?? (await freePort());
    await writeFile(join(this.folder, 'port'), `${port}\n`);
    await mkdir('/run/sshd', { recursive: true });
    const config = join(this.folder, 'sshd_config');
    const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config, '-p', `${port}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ready = new Promise<void>((resolve) =>
      child.stderr.on('data', (text: Buffer) => text.includes('listening') && resolve()),
    );
    this.#sshd = { port, pid: child.pid };
    await ready;
  }

  /** Breaks every connection to the guests, and lets none in. */
  async cut(): Promise<void> {
    const { pid } = this.#sshd ?? {};
    if (pid === undefined) return;
    const sessions = await output('sh', ['-c', `pgrep -P ${pid} || true`]);
    for (const each of [
      pid,
      ...sessions
        .split('\n')
        .filter((line) => line !== '')
        .map(Number),
    ])
      killQuietly(each);
    this.#sshd = { port: this.#sshd!.port, pid: undefined };
  }

  /** As if the machine under the guests had been switched off and on: processes gone, files kept, another boot. */
  async reboot(): Promise<void> {
    const jobs = await output('sh', ['-c', `cat ${this.folder}/guest/jobs/*/pid 2>/dev/null || true`]);
    for (const line of jobs.split('\n').filter((each) => each !== '')) {
      killQuietly(-Number(line.split(' ')[0]));
    }
    await writeFile(join(this.folder, 'boot_id'), `${Math.random()}\n`);
  }

  /** Whether a domain is powered on on the host, as which process, and whether it was started paused. */
  async domain(name: string, pid: number | undefined, state: 'running' | 'paused' = 'running'): Promise<void> {
    const path = join(this.folder, 'run', `${name}.pid`);
    if (state === 'paused') await writeFile(join(this.folder, 'run', `${name}.paused`), '');
    if (pid === undefined) await rm(path, { force: true });
    else await writeFile(path, `${pid}`);
  }

  async read(path: string): Promise<string> {
    return readFile(join(this.folder, path), 'utf8').catch(() => '');
  }

  async remove(): Promise<void> {
    await this.cut();
    await this.reboot();
    this.#stop.forEach((stop) => stop());
    await rm(this.folder, { recursive: true, force: true });
  }

  async #prepare(shell: string): Promise<void> {
    const { folder } = this;
    for (const name of ['bin', 'run', 'host/deployments/lab', 'guest', 'applets'])
      await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, 'boot_id'), 'first\n');
    const path = shell === 'busybox' ? `${folder}/applets` : process.env['PATH']!;
    if (shell === 'busybox') await output('busybox', ['--install', '-s', join(folder, 'applets')]);
    // A guest's own places lie in the folder.
    const rewrite = `sed -e 's,/var/lib/kvm-compose,${folder}/guest,g' -e 's,/proc/sys/kernel/random/boot_id,${folder}/boot_id,g'`;
    await this.#program(
      'bin/guest',
      `command=$(printf %s "$SSH_ORIGINAL_COMMAND" | ${rewrite})\nPATH=${path} exec ${shell === 'busybox' ? 'busybox sh' : 'sh'} -c "$command"`,
    );
    // A host's commands that need a network of guests.
    await this.#program('bin/ip', 'shift 3\nexec "$@"');
    // A libvirt that knows what runs, and what is paused, by files.
    await this.#program(
      'bin/virsh',
      `cd ${folder}/run
echo "$*" >>../virsh.log
case $* in *list*) for file in *.pid; do name=\${file%.pid}; [ -e "$name.paused" ] || echo "$name"; done; exit 0;; esac
printf '%s\n' "\${*#*qemu:///system}" | tr ';' '\n' | (
  failed=0
  while read -r verb name; do
    [ "$verb" = resume ] || continue
    if [ -e "$name.pid" ]; then rm -f "$name.paused"; else echo "error: domain is not running" >&2; failed=1; fi
  done
  exit $failed
)`,
    );
    // An address that is called closed is one where nothing listens.
    await this.#program(
      'bin/socat',
      `port=$(cat ${folder}/port 2>/dev/null || echo 1)
case $* in *closed*) port=1;; esac
[ "$1" = -u ] && exec /usr/bin/socat -u "TCP:127.0.0.1:$port,connect-timeout=2,readbytes=4" -
exec /usr/bin/socat - "TCP:127.0.0.1:$port"`,
    );
    await this.secrets.privateKey('lab/hostkey/any');
    await writeFile(join(folder, 'authorized_keys'), `${await this.secrets.publicKey('lab/ssh')}\n`);
    const config = {
      ListenAddress: '127.0.0.1',
      HostKey: this.secrets.path('lab/hostkey/any'),
      AuthorizedKeysFile: join(folder, 'authorized_keys'),
      PermitRootLogin: 'yes',
      StrictModes: 'no',
      UsePAM: 'no',
      PidFile: 'none',
      ForceCommand: join(folder, 'bin/guest'),
    };
    await writeFile(
      join(folder, 'sshd_config'),
      Object.entries(config)
        .map(([key, value]) => `${key} ${value}\n`)
        .join(''),
    );
  }

  async #program(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(this.folder, name), 0o755);
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${this.folder}/bin:${process.env['PATH']}` };
  }

  #executions = 0;

  async #run({ script, data, signal, onLine }: Parameters<Runner['run']>[1]): ReturnType<Runner['run']> {
    signal?.throwIfAborted();
    const work = join(this.folder, `work-${(this.#executions += 1)}`);
    const child = spawn('setsid', ['sh', '-c', `set -u\nwork=${work}\n${this.#local(script)}`], {
      env: this.#environment(),
    });
    const stop = (): void => {
      if (child.pid !== undefined && child.exitCode === null) killQuietly(-child.pid);
    };
    signal?.addEventListener('abort', stop, { once: true });
    this.#stop.push(() => signal?.removeEventListener('abort', stop));
    let stdout = '';
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop()!;
      if (onLine) lines.forEach(onLine);
      else stdout += chunk.toString();
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on('error', () => undefined);
    if (data instanceof Readable)
      data
        .on('data', (chunk: Buffer) => child.stdin.write(this.#local(chunk.toString())))
        .on('end', () => child.stdin.end());
    else child.stdin.end(data === undefined ? '' : this.#local(data.toString()));
    const [code] = (await once(child, 'exit')) as [number | null];
    // As the runner does: what the script left running would hold its output open.
    if (child.pid !== undefined) killQuietly(-child.pid);
    if (child.stdout.readable) await once(child.stdout, 'close');
    signal?.throwIfAborted();
    return { code: code ?? 255, stdout, stderr };
  }

  async #open(argv: readonly string[]): Promise<Duplex> {
    const child = spawn(argv[0]!, argv.slice(1), { env: this.#environment(), stdio: ['pipe', 'pipe', 'ignore'] });
    const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
    stream.once('close', () => child.kill());
    return stream;
  }

  #local(text: string): string {
    return text
      .replaceAll('/run/libvirt/qemu', `${this.folder}/run`)
      .replaceAll('/run/kvm-compose/boot', `${this.folder}/boots`)
      .replaceAll('/var/lib/kvm-compose', `${this.folder}/host`);
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
