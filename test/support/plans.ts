import type { Batch, Plan } from '../../src/model/plan.ts';

/** A batch that is told from others by its id. */
export function batch(id: string, text = id): Batch {
  const target = { name: 'main', connection: 'local', address: '127.0.0.1', port: 22, user: 'root' } as const;
  return {
    id,
    host: 'main',
    target: { ...target, accelerator: 'auto' },
    transport: 'files',
    stage: 'folders',
    summary: text,
    items: [],
    after: [],
  };
}

/** A plan of such batches. */
export function planOf(...batches: Batch[]): Plan {
  return { deployment: 'lab', stages: [], batches, summary: { create: 1, change: 0, delete: 0, run: 0 } };
}
