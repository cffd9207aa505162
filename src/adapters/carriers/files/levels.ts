import type { FilesOp } from '../../../model/transport/files.ts';
import type { CarrierItem } from '../../../ports/carrier.ts';

/** An item, and the positions of those of the same batch that come before it. */
export interface Placed {
  readonly index: number;
  readonly item: CarrierItem<FilesOp>;
  readonly needs: readonly number[];
}

/** Items that may run at the same time, level after level. Two items about one path keep their order. */
export function levelsOf(items: readonly CarrierItem<FilesOp>[]): Placed[][] {
  const positions = new Map(items.map((item, index) => [item.id, index]));
  const lastOfPath = new Map<string, number>();
  const levels: Placed[][] = [];
  const levelOf = new Map<number, number>();
  const place = (index: number, waiting: ReadonlySet<number>): number => {
    const known = levelOf.get(index);
    if (known !== undefined) return known;
    const needs = placed[index]!.needs.filter((need) => !waiting.has(need));
    const level = 1 + Math.max(-1, ...needs.map((need) => place(need, new Set([...waiting, index]))));
    levelOf.set(index, level);
    (levels[level] ??= []).push(placed[index]!);
    return level;
  };
  const placed = items.map((item, index): Placed => {
    const path = item.op.do === 'ensure' ? item.op.make.path : item.op.path;
    const earlier = lastOfPath.get(path);
    lastOfPath.set(path, index);
    const named = item.needs.flatMap((id) => positions.get(id) ?? []);
    return { index, item, needs: [...named, ...(earlier === undefined ? [] : [earlier])] };
  });
  placed.forEach(({ index }) => place(index, new Set()));
  return levels;
}
