import type { ArtefactText } from '../model/artefacts.ts';
import type { KindName, StageName, TransportName } from '../model/kind.ts';
import type { OwnerLabel } from '../model/owner-label.ts';
import type { Change } from '../model/plan.ts';
import type { Ref } from '../model/ref.ts';
import type { Reach, Resource, ResourceOf } from '../model/resources.ts';
import type { Observed } from '../model/observed.ts';
import type { Request, VerbName } from '../model/request.ts';
import type { Answers, Op, QueryName } from '../model/transport/op.ts';

/**
 * What a resource needs. `after`: the other must exist first. `inside`: it lives in the other, so remaking the
 * other remakes this too. Removing walks the edges backwards.
 */
export interface Edge {
  readonly ref: Ref;
  readonly how: 'after' | 'inside';
}

/** How a change is rolled back: to an earlier goal, to absence, or never, and why. Decided while planning. */
export type Undo<R extends Resource = Resource> =
  | { readonly to: 'goal'; readonly goal: R; readonly label: OwnerLabel }
  | { readonly to: 'absent' }
  | { readonly to: 'operation'; readonly op: Op }
  | { readonly to: 'irreversible'; readonly why: string };

/** A verb that cannot be asked of a thing as it is, and what to do instead. */
export interface Refusal {
  readonly refused: string;
  readonly hint: string;
}

/** Something a person can ask of a resource now. Its second run finds that it is so already. */
export interface Verb<R extends Resource = Resource> {
  /** What it changes; undefined: it is so already. */
  change(goal: R | undefined, observed: Observed<R> | undefined, request: Request): Change | Refusal | undefined;
  /** The operation; left out for what the kind's own `render` does (a remake). It names the state it starts from. */
  render?(goal: R, label: OwnerLabel, observed: Observed<R> | undefined, request: Request): Op;
  /** Left out: as the kind rolls back such a change. */
  undo?(change: Change, goal: R, observed: Observed<R> | undefined, request: Request): Undo<R>;
}

/** What can be done with a guest, depending on what it is. */
export type Capability = 'exec' | 'copy' | 'console' | 'readiness';

/** How a guest is, as its host tells it. */
export interface RuntimeState {
  readonly power: 'on' | 'paused' | 'off';
  /** Changes with every power-on; undefined where it does not run. */
  readonly boot?: string;
  /** A person had it stopped or paused. */
  readonly asked?: true;
}

/** The kind is a guest: a machine, whatever makes it run. */
export interface Runtime<R extends Resource = Resource> {
  readonly capabilities: readonly Capability[];
  /** True where it is to be on. */
  isWantedOn(goal: R): boolean;
  state(observed: Observed<R>): RuntimeState;
  /** Its places on networks, in the order of its interfaces: resources of kinds that are an attachment. */
  attachments(goal: R): readonly Ref[];
}

/** The kind is a guest's place on a network. */
export interface Attachment<R extends Resource = Resource> {
  /** Name of that network on its host. */
  network(goal: R): string;
  /** The IP addresses it gives; `dynamic` where DHCP decides. */
  addresses(goal: R): readonly string[];
}

/** The kind says that a guest is ready. */
export interface Readiness<R extends Resource = Resource> {
  /** How that guest is reached. */
  reach(goal: R): Reach;
  /** True for a guest that was ready in its boot and was paused since; another paused one waits for room to boot. */
  wasPaused(observed: Observed<R>): boolean;
}

/** What an observation is about. */
export interface Scope {
  /** Undefined: whatever carries a mark, of any deployment of any installation, and nothing else. */
  readonly deployment: string | undefined;
  readonly installation: string;
  readonly host: string;
  readonly main: string;
}

/**
 * Everything the rest of the product knows about a kind. Pure: planning, fusing, undo, gc, status, the simulated
 * world, the universal tests and chaos know kinds only through this.
 */
export interface ResourceKind<K extends KindName = KindName> {
  readonly kind: K;
  /** Which carrier has the effects. */
  readonly transport: TransportName;
  readonly stage: StageName;
  /** It is something we know, not a thing: what it is about may go before it is forgotten. */
  readonly isKnowledge?: true;
  /** It outlives `down`, and its guest's place in the file: what a guest wrote, and what was done to it. */
  readonly outlives?: 'data' | 'with data';
  /** What gives one life where that is not the file. */
  readonly life?: OwnerLabel['life'];
  /** It is a guest. Readiness, scripts, status and verbs know guests only as that. */
  readonly runtime?: Runtime<ResourceOf<K>>;
  /** It is a guest's place on a network. */
  readonly attachment?: Attachment<ResourceOf<K>>;
  /** It says that a guest is ready. */
  readonly readiness?: Readiness<ResourceOf<K>>;
  /** What a person can ask of one now. */
  readonly verbs?: { readonly [V in VerbName]?: Verb<ResourceOf<K>> };
  /** Parts of the one batched read per host this kind wants answered. */
  readonly asks: readonly QueryName[];
  /** What it must come after or lives inside. Refs that do not exist in the desired or seen state are ignored. */
  needs(resource: ResourceOf<K>): readonly Edge[];
  /** What must change for the seen to become the goal; undefined when nothing. Goal undefined = it should not be. */
  compare(goal: ResourceOf<K> | undefined, observed: Observed<ResourceOf<K>> | undefined): Change | undefined;
  /** How that change is rolled back. */
  undo(
    change: Change,
    goal: ResourceOf<K> | undefined,
    observed: Observed<ResourceOf<K>> | undefined,
  ): Undo<ResourceOf<K>>;
  /** Its resources in one host's answers; foreign things under our names come with `mark: undefined`. */
  parse(answers: Answers, scope: Scope): readonly Observed<ResourceOf<K>>[];
  /** The idempotent operation that makes it so; goal undefined = remove what carries our mark. `was` is what to remove. */
  render(goal: ResourceOf<K> | undefined, label: OwnerLabel, was: ResourceOf<K>): Op;
  /** Its readable texts among the artefacts, with a label that is nobody's. */
  artefacts?(goal: ResourceOf<K>, label: OwnerLabel): readonly ArtefactText[];
  /** True for a word by which a person means it among its guest's things of one verb. */
  isCalled?(goal: ResourceOf<K>, word: string): boolean;
  /** One stable line about it: the oracle for "the world before", the plan's text, the bug report. */
  describe(resource: ResourceOf<K>): string;
}

/** True for a name that the deployment in question would give; nothing is one when all deployments are looked at. */
export function isNamesake(name: string, { deployment }: Pick<Scope, 'deployment'>): boolean {
  return deployment !== undefined && name.startsWith(`${deployment}-`);
}

/** Checks a kind's types where it is written. */
export function defineKind<K extends KindName>(kind: ResourceKind<K>): ResourceKind<K> {
  return kind;
}
