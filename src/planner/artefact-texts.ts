import { sharedTexts } from '../model/artefacts.ts';
import type { Inventory } from '../model/host.ts';
import { nothingObserved } from '../model/observed.ts';
import type { Resource } from '../model/resources.ts';
import { planChanges } from './plan.ts';
import { printPlan } from './print.ts';
import type { KindOf } from './resource-change.ts';

/** What the generated texts are made of. */
export interface ArtefactInput {
  readonly deployment: string;
  readonly inventory: Inventory;
  /** Compiled without anything the user edited: these are the texts the edited ones are compared with. */
  readonly desired: readonly Resource[];
  readonly kindOf: KindOf;
}

/** Every text that is generated for a project, by path inside the artefacts folder. They hold no label and no secret. */
export function artefactTexts(input: ArtefactInput): ReadonlyMap<string, string> {
  const { deployment, desired, kindOf } = input;
  // Identity and label are the server's to give, when it makes the things.
  const label = { installation: '', deployment, generation: 1, hash: '' };
  const texts = desired.flatMap((each) => kindOf(each.kind).artefacts?.(each, label) ?? []);
  const names = new Map(texts.flatMap((each) => each.names ?? []));
  const files = new Map<string, string[]>(sharedTexts.map(({ path }) => [path, []]));
  for (const each of texts) {
    const written = each.text((id) => names.get(id) ?? id);
    const others = files.get(each.path);
    if (others) others.push(written);
    else files.set(each.path, [written]);
  }
  const between = new Map<string, string>(sharedTexts.map((each) => [each.path, each.between]));
  const joined = [...files].map(([path, parts]) => [path, parts.join(between.get(path) ?? '')] as const);
  return new Map([['plan.txt', planText(input)], ...joined]);
}

/** The plan for hosts that hold nothing: it says of a file what no host can change. */
function planText({ deployment, inventory, desired, kindOf }: ArtefactInput): string {
  const observed = nothingObserved;
  const { plan } = planChanges({ deployment, installation: '', inventory, desired, observed, kindOf });
  return printPlan(plan);
}
