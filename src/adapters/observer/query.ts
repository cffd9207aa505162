import type { AnswerOf, QueryName } from '../../model/transport/op.ts';
import type { OvsAnswer } from './ovs.ts';
import type { Sections } from './sections.ts';

/** What a host said, of which a transport reads its own. */
export interface Heard {
  readonly sections: Sections;
  /** Several transports have interfaces there, so it is read once. */
  readonly ovs: OvsAnswer;
  /** Undefined: all there are. */
  readonly deployment: string | undefined;
}

/** What a transport asks of a host in the one read of it, and how it reads the answer. */
export interface Query<Q extends QueryName = QueryName> {
  /**
   * Shell that prints sections; it starts with the constants of its own. `section NAME`, `failed WHAT` and `has TOOL`
   * are there, and so are DEPLOYMENT (empty for all there are), DATA and HOST_ROOT. Names of sections are its own.
   */
  readonly program: string;
  /** One line for the program, in DATA. */
  data?(deployment: string | undefined): string;
  parse(heard: Heard): AnswerOf<Q>;
}
