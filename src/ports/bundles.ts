import type { Host } from '../model/host.ts';

/** One text in a bundle. */
export interface BundleFile {
  /** Inside the archive, such as `hosts/main/console/web.log`. */
  readonly path: string;
  readonly text: string;
}

/** Gathers what somebody needs to understand a run that went wrong. */
export interface Bundles {
  /** Ends of logs, and what libvirt, Open vSwitch and OVN say. Throws Failure when the host does not answer. */
  askHost(host: Host, deployment: string, signal: AbortSignal): Promise<readonly BundleFile[]>;
  /** The ends of what the server's processes wrote. */
  serverLogs(): Promise<readonly BundleFile[]>;
  /** Writes one archive, without anything secret and without the given texts; its path on the server's machine. */
  write(name: string, files: readonly BundleFile[], hidden: readonly string[]): Promise<string>;
}
