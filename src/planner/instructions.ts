import type { StageName } from '../model/kind.ts';
import { stageNames } from '../model/kind.ts';
import type { Effect, Instruction, Plan } from '../model/plan.ts';
import type { KindOf } from './resource-change.ts';
import type { DraftItem } from './items.ts';

/** From harmless to worst; an instruction shows the worst of its items. */
const effects: readonly Effect[] = ['none', 'live', 'restart', 'remake', 'move', 'data-loss'];

interface Group {
  readonly id: string;
  readonly stage: StageName;
  readonly items: DraftItem[];
}

/** Groups items into instructions (like changes with one cause, on one host), by stage. */
export function instructionsOf(items: readonly DraftItem[], kindOf: KindOf): Plan['stages'] {
  const groups = group(items, kindOf);
  const groupOf = new Map<string, string>();
  for (const each of groups) for (const item of each.items) groupOf.set(item.id, each.id);
  return stageNames
    .map((name) => ({
      name,
      instructions: groups.filter((each) => each.stage === name).map((each) => instruction(each, groupOf)),
    }))
    .filter((stage) => stage.instructions.length > 0);
}

function group(items: readonly DraftItem[], kindOf: KindOf): Group[] {
  const groups = new Map<string, Group>();
  const counters = new Map<string, number>();
  for (const item of items) {
    const { kind, host } = item.resource;
    const key = `${kind} ${host} ${item.action} ${item.change.asked ? 'asked ' : ''}${item.cause}`;
    const existing = groups.get(key);
    if (existing) {
      existing.items.push(item);
      continue;
    }
    const prefix = `${item.action}.${kind}.${host}`;
    const n = counters.get(prefix) ?? 0;
    counters.set(prefix, n + 1);
    groups.set(key, { id: n === 0 ? prefix : `${prefix}.${n}`, stage: kindOf(kind).stage, items: [item] });
  }
  return [...groups.values()];
}

function instruction(each: Group, groupOf: ReadonlyMap<string, string>): Instruction {
  const first = each.items[0]!;
  const after = new Set(each.items.flatMap((item) => item.needs.map((need) => groupOf.get(need)!)));
  after.delete(each.id);
  const worst = Math.max(...each.items.map((item) => effects.indexOf(item.change.impact.effect)));
  const affected = new Set(each.items.flatMap((item) => item.change.impact.felt));
  return {
    id: each.id,
    kind: first.resource.kind,
    host: first.resource.host,
    resources: each.items.map((item) => ({ type: item.resource.kind, name: item.resource.name })),
    action: first.action,
    cause: first.cause,
    impact: { effect: effects[worst] ?? 'none', felt: [...affected].sort() },
    ...(each.items.every((item) => item.change.asked) ? { asked: true as const } : {}),
    after: [...after].sort(),
  };
}
