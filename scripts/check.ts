// `npm run check`: format, types, lint, arrows, dead code and house rules, all at once.
import { check } from './tools.ts';

const { failed } = await check();
process.exitCode = failed === 0 ? 0 : 1;
