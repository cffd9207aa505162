import * as z from 'zod';
import type { FolderReport } from '../../state/artefact-folder.ts';
import { describing, type Shape } from '../shape.ts';

const names = z.array(z.string());

const folderReport = describing<FolderReport>()(
  z.object({
    written: names,
    unchanged: names,
    removed: names,
    kept: z.array(z.object({ path: z.string(), why: z.string() })),
  }),
);

/** What was written into the folder of artefacts, and the name of the state file. */
export const generateReport = folderReport.extend({ state: z.string() });

/** The answer to `artefacts`. */
export type GenerateReport = Shape<typeof generateReport>;
