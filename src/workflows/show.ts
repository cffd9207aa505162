import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { countsText } from '../model/plan-counts.ts';
import { type StageName, stageNames } from '../model/kind.ts';
import { searchAttributeNames } from '../model/search-attributes.ts';
import type { Prepared } from './contract.ts';

/** Shows in Temporal's own lists what the run is about. */
export function showPlan({ summary, hosts, guests }: Prepared): void {
  upsertSearchAttributes([
    { key: defineSearchAttributeKey(searchAttributeNames.hosts, 'KEYWORD_LIST'), value: [...hosts] },
    { key: defineSearchAttributeKey(searchAttributeNames.guests, 'INT'), value: guests },
  ]);
  setCurrentDetails(countsText(summary));
}

/** Shows how far the run has come, forwards only: every change of a search attribute is one more event of history. */
export function stageShower(): (stage: StageName) => void {
  const key = defineSearchAttributeKey(searchAttributeNames.stage, 'KEYWORD');
  let furthest = -1;
  return (stage) => {
    const position = stageNames.indexOf(stage);
    if (position <= furthest) return;
    furthest = position;
    upsertSearchAttributes([{ key, value: stage }]);
  };
}
