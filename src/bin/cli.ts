import { main } from '../cli/main.ts';
import { createCliWorld } from './parts/cli-world.ts';

const code = await main(process.argv.slice(2), createCliWorld());
// Pipes may still hold text; what waits for the network does not matter any more.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
