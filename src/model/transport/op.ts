import type { HostFacts } from '../host.ts';
import type { TransportName } from '../kind.ts';
import type { transports } from './table.ts';

type TypesOf<T extends TransportName> = NonNullable<(typeof transports)[T]['types']>;

/** Any operation a carrier can be given; `transport` says which carrier. */
export type Op = TypesOf<TransportName>['op'];

/** The operation type of one transport. */
export type OpOf<T extends Op['transport']> = Extract<Op, { transport: T }>;

/** What a transport answers about a host; undefined for one that is never asked. */
export type AnswerOf<T extends TransportName> = TypesOf<T>['answer'];

/** What can be asked of a host; the answers of all kinds are fetched in one read. */
export type QueryName = { [T in TransportName]: AnswerOf<T> extends undefined ? never : T }[TransportName];

/** One host's answers to one read. */
export interface Answers extends Readonly<{ [Q in QueryName]?: AnswerOf<Q> }> {
  readonly host: string;
  readonly facts: HostFacts;
}
