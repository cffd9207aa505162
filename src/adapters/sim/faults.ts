import type { TransportName } from '../../model/kind.ts';

/**
 * What may go wrong at one item. `fail`: no effect, told so. `half`: part of the effect, then the line drops. `lost
 * reply`: the whole batch takes effect, then the line drops. `hold`: half done, it waits until let go or stopped.
 */
export type FaultKind = 'fail' | 'half' | 'lost reply' | 'hold';

/** A fault laid in wait for the items it names. */
export interface Fault {
  readonly kind: FaultKind;
  readonly transport?: TransportName;
  readonly host?: string;
  readonly verb?: 'do' | 'undo';
  /** Part of the item's id, such as `create disk:`. */
  readonly item?: string;
  /** How often it strikes; 1 unless told. */
  readonly times?: number;
  /** For `fail`; transient unless told. */
  readonly class?: 'transient' | 'permanent';
}

/** Where an item is about to be applied. */
export interface FaultPlace {
  readonly transport: TransportName;
  readonly host: string;
  readonly verb: 'do' | 'undo';
  readonly item: string;
}

/** A fault that was laid: tells when it strikes, and takes it away. */
export interface LaidFault {
  /** Resolves when it strikes for the first time. */
  readonly struck: Promise<void>;
  /** Lets held items go on, and takes the fault away. */
  release(): void;
}

/** A fault as it strikes. */
export interface Strike {
  readonly kind: FaultKind;
  readonly class: 'transient' | 'permanent';
  /** To be called when a held item is where it waits. */
  readonly struck: () => void;
  readonly released: Promise<void>;
}

interface Armed extends Fault {
  left: number;
  readonly strike: () => void;
  readonly released: Promise<void>;
}

/** The faults of one simulated world. */
export interface Faults {
  lay(fault: Fault): LaidFault;
  /** The fault that strikes here; it is used up by that. */
  take(place: FaultPlace): Strike | undefined;
}

/** Faults strike in the order they were laid. */
export function createFaults(): Faults {
  const armed: Armed[] = [];
  return {
    lay: (fault) => {
      const struck = gate();
      const released = gate();
      const own = { ...fault, left: fault.times ?? 1, strike: struck.open, released: released.opened };
      armed.push(own);
      const release = (): void => {
        own.left = 0;
        released.open();
      };
      return { struck: struck.opened, release };
    },
    take: (place) => {
      const fault = armed.find((each) => each.left > 0 && matches(each, place));
      if (!fault) return undefined;
      fault.left -= 1;
      if (fault.kind !== 'hold') fault.strike();
      return { kind: fault.kind, class: fault.class ?? 'transient', struck: fault.strike, released: fault.released };
    },
  };
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

function matches(fault: Fault, place: FaultPlace): boolean {
  return (
    (fault.transport ?? place.transport) === place.transport &&
    (fault.host ?? place.host) === place.host &&
    (fault.verb ?? place.verb) === place.verb &&
    place.item.includes(fault.item ?? '')
  );
}
