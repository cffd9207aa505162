import type { Leftover, Prepared } from './contract.ts';
import type { Ledger } from './ledger.ts';

/** A `down` that went without some hosts has not done what it is for: it ends Failed, and the next one goes on. */
export function failuresOfSkipped({ unreachable = [] }: Prepared): Ledger['failures'] {
  return unreachable.map(({ host, reason }) => ({
    item: `host ${host}`,
    failure: {
      code: 'host-unreachable',
      class: 'host',
      message: `what is on ${host} is left: ${reason}`,
      host,
      hint: 'run down again when it answers',
    },
  }));
}

/** What is there as far as anybody knows. */
export function leftOnSkipped(prepared: Prepared | undefined): Leftover[] {
  return (prepared?.unreachable ?? []).flatMap(({ host, guests }) => {
    const items = guests.length > 0 ? guests.map((guest) => `guest ${guest}`) : ['whatever is there'];
    return items.map((item) => ({ item, why: `host ${host} does not answer`, host }));
  });
}
