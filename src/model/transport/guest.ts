import type { Ref } from '../ref.ts';
import type { GuestReady, Script } from '../resources.ts';
import type { ManifestRecord } from './files.ts';
import { defineTransport } from './transport.ts';

/** One item for the guest carrier. Ops of one guest run in order; guests advance independently. */
export type GuestOp =
  | { readonly transport: 'guest'; readonly do: 'ready'; readonly goal: GuestReady; readonly record: ManifestRecord }
  | {
      readonly transport: 'guest';
      readonly do: 'script';
      readonly goal: Script;
      readonly record: ManifestRecord;
      /**
       * Job key in the guest: same key = same job, adopted and never run twice. The carrier adds the run to it where
       * `goal.when` is `every-up`. The record gets its `boot` only when the script has ended well.
       */
      readonly job: string;
    }
  /** Writes a record down as it was: what is known of a guest outlives a change that was rolled back. */
  | { readonly transport: 'guest'; readonly do: 'remember'; readonly record: ManifestRecord }
  /** Forgets the record on the host; stops the job if it still runs. */
  | { readonly transport: 'guest'; readonly do: 'forget'; readonly ref: Ref; readonly deployment: string };

/** Readiness and scripts. What is known of a guest is in the manifest, so nobody else is asked. */
export const guest = defineTransport<GuestOp>({ class: 'wait', noun: 'guests' });
