import { textOf, textsOf } from './fields.ts';
import type { FoldEvent, OpenQuestion } from './run-view.ts';

/** What waits for a person after one more event; the very same list where that does not change. */
export function foldQuestions(open: readonly OpenQuestion[], event: FoldEvent): readonly OpenQuestion[] {
  switch (event.code) {
    case 'decision-asked': {
      const { host = '', text } = event;
      const batch = textOf(event, 'batch');
      const others = open.filter((each) => each.batch !== batch);
      return [...others, { batch, host, text, since: Date.parse(event.at) }];
    }
    case 'decision-made': {
      const decided = new Set(textsOf(event, 'batches'));
      return open.some(({ batch }) => decided.has(batch)) ? open.filter(({ batch }) => !decided.has(batch)) : open;
    }
    case 'undo-started':
    case 'run-ended':
      return open.length === 0 ? open : [];
    default:
      return open;
  }
}
