import type { Batch, Plan } from '../model/plan.ts';
import type { KnownHost } from '../model/host.ts';
import type { Ref } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';

/** What is kept about one run. */
export interface RunRecord {
  readonly run: string;
  readonly deployment: string;
  readonly command: string;
  readonly by: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled';
  readonly summary?: string;
  /** Absolute; where it looked for hosts. Outlives the deployment, so that what it left over can be found. */
  readonly hostsFile?: string;
  readonly plan?: string;
}

/** Resources by host. */
export type Wants = Readonly<Record<string, readonly Ref[]>>;

/** What the server remembers about a deployment between runs. */
export interface DeploymentRecord {
  readonly name: string;
  readonly folder: string;
  readonly file: string;
  readonly hostsFile?: string;
  /** Hosts it last had resources on: `down` must look there even when the file names other hosts now. */
  readonly hosts: readonly string[];
  /** The machines behind these names, and others it still has something on. Left out by the release before. */
  readonly known?: readonly KnownHost[];
  /** Machine name → host name. Kept between runs so that an unrelated edit never moves a guest. */
  readonly placement: Readonly<Record<string, string>>;
  readonly status: string;
  /** Everything its last plan wants to be there: what else carries its mark is left over. */
  readonly wants?: Wants;
  /** What was wanted before the run that goes on: true again when it rolls back what it did. */
  readonly before?: { readonly run: string; readonly wants?: Wants };
}

/** The server's own memory. The hosts are the truth; this is for finding them, for plans and for people. */
export interface Store {
  readonly installation: string;
  /** Stores the plan by content hash, whole or not at all; returns the reference. */
  putPlan(plan: Plan): Promise<string>;
  getBatch(plan: string, batch: string): Promise<Batch>;
  getPlan(plan: string): Promise<Plan>;
  putRun(record: RunRecord): Promise<void>;
  runs(deployment?: string): Promise<readonly RunRecord[]>;
  putDeployment(record: DeploymentRecord): Promise<void>;
  deployment(name: string): Promise<DeploymentRecord | undefined>;
  deployments(): Promise<readonly DeploymentRecord[]>;
  removeDeployment(name: string): Promise<void>;
  /** Remembers what a deployment wants, as resources without secrets; replaces what was remembered. */
  putWanted(deployment: string, resources: readonly Resource[]): Promise<void>;
  /** What a deployment wants; of one guest only, where that is named. */
  wanted(deployment: string, guest?: string): Promise<readonly Resource[]>;
  close(): Promise<void>;
}

/** What runs that have not ended need, however old it is. */
export interface UnderWay {
  readonly runs: ReadonlySet<string>;
  readonly plans: ReadonlySet<string>;
}

/** What grows with every run, and is of no use once nobody can ask for the run any more. */
export interface Forgetful {
  /** Drops plans or logs that were last written before a moment; returns how many. */
  dropBefore(moment: Date, keep: UnderWay): Promise<number>;
}

/** Secrets by name, never in Temporal, logs or argv: `<deployment>/ssh`, `<deployment>/hostkey/<guest>`. */
export interface Secrets {
  /** The secret's text, made on first use: an OpenSSH ed25519 private key for `…/ssh` and `…/hostkey/…`. */
  privateKey(name: string): Promise<string>;
  /** Its public half, `ssh-ed25519 AAAA…`. */
  publicKey(name: string): Promise<string>;
  /** File of the private key, 0600, for clients on the same machine. */
  path(name: string): string;
  forget(prefix: string): Promise<void>;
}
