import type { ActivityClass } from '../../model/activity-class.ts';
import { Failure } from '../../model/failure.ts';
import type { Look } from './look.ts';

/** Seconds without a sign of life after which a command counts as hung. */
export type SilenceLimits = Readonly<Partial<Record<ActivityClass, number>>>;

/** Guests have patience of their own kind, so `wait` has no limit here. */
export const silenceLimits: SilenceLimits = { control: 30, rows: 60, files: 60, start: 120 };

/** What is watched, and what is done about it. */
interface Watched {
  readonly seconds: number;
  /** Bytes that move on the host are signs of life too: copying and hashing an image says nothing. */
  readonly countsBytes: boolean;
  readonly look: () => Promise<Look | undefined>;
  readonly hung: (look: Look | undefined) => void;
}

/** A watch over one execution. */
export interface SilenceWatch {
  /** Something came from it. */
  moved(): void;
  end(): void;
}

/** Tells when an execution has given no sign of life for as long as its class allows. */
export function watchSilence({ seconds, countsBytes, look, hung }: Watched): SilenceWatch {
  const limit = seconds * 1000;
  let last = performance.now();
  let ended = false;
  let bytes: string | undefined;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    timer = setTimeout(() => void check(), Math.max(0, last + limit - performance.now()));
  };
  const check = async (): Promise<void> => {
    const before = last;
    if (performance.now() - before < limit) return wait();
    const seen = await look();
    if (ended) return;
    if (countsBytes && seen && seen.bytes !== bytes) {
      bytes = seen.bytes;
      last = performance.now();
    }
    if (last !== before) return wait();
    hung(seen);
  };
  wait();
  return {
    moved: () => (last = performance.now()),
    end: () => {
      ended = true;
      clearTimeout(timer);
    },
  };
}

/** Trying again would only wait as long once more, so it is final; the next command goes on where this one stopped. */
export function hungFailure(host: string, seconds: number, look: Look | undefined): Failure {
  const command = look?.command;
  const what = command === undefined ? 'the work' : `\`${command}\``;
  return new Failure({
    code: 'command-hung',
    class: 'permanent',
    message: `${what} on ${host} gave no sign of life for ${seconds} s and was stopped`,
    host,
    hint: `${hintFor(command ?? '', host)}, then run the command again`,
    ...(command === undefined ? {} : { command }),
  });
}

/** What hangs is seldom the command itself. */
const causes: readonly (readonly [RegExp, string])[] = [
  [/^\S*virsh\b/, 'whether libvirtd answers (systemctl status libvirtd)'],
  [/^\S*(ovs-|ovsdb-)/, 'whether Open vSwitch and OVN answer (systemctl status openvswitch-switch ovn-central)'],
  [/^\S*(qemu-img|cp|rm|sha256sum|genisoimage|tar|mv|find)\b/, 'whether its disks answer (dmesg, df)'],
];

function hintFor(command: string, host: string): string {
  const cause = causes.find(([sign]) => sign.test(command))?.[1] ?? 'what the command waits for';
  return `find out on ${host} ${cause}`;
}
