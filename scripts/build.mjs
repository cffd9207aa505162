// Builds dist/: every composition root in src/bin, and the workflow code the way Temporal's sandbox wants it.
// Plain JavaScript, because `npm ci` runs it (as `prepare`) even where development tools are left out.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { programsAsText } from './programs-as-text.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const quiet = process.argv.includes('--quiet');
const outdir = join(root, 'dist/bin');
const workflowBundle = join(root, 'dist/workflow-bundle.js');
const workflowEntry = join(root, 'src/workflows/index.ts');
const interceptors = join(root, 'src/workflows/interceptors.ts');

/** A running process may still load an old chunk lazily, so old ones stay this long. */
const oldChunksMs = 60 * 60 * 1000;

/** Bundled CommonJS packages ask for Node's modules with `require`, which a module does not have. */
const banner =
  "import { createRequire as createBundleRequire } from 'node:module';const require = createBundleRequire(import.meta.url);";

/** Native parts and code that finds its own files by path cannot be bundled. */
const external = ['@temporalio/*', 'ssh2', 'cpu-features', 'protobufjs', 'esbuild', '@photostructure/sqlite', 'pg'];

/** @param {string} name @param {() => Promise<string>} work */
async function timed(name, work) {
  const start = performance.now();
  const what = await work();
  if (!quiet) console.log(`${name.padEnd(9)} ${String(Math.round(performance.now() - start)).padStart(5)} ms  ${what}`);
}

/** Chunks lie beside the entries, so `import.meta.url` of any code is a file in dist/bin. */
async function buildBin() {
  const folder = join(root, 'src/bin');
  const entries = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ts')) : [];
  if (entries.length === 0) return 'nothing in src/bin yet';
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries.map((name) => join(folder, name)),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    metafile: true,
    external,
    banner: { js: banner },
    plugins: [programsAsText],
    logLevel: 'warning',
  });
  const made = new Set(Object.keys(metafile.outputs).map((path) => join(root, path)));
  for (const name of readdirSync(outdir)) {
    const path = join(outdir, name);
    if (!made.has(path) && Date.now() - statSync(path).mtimeMs > oldChunksMs) rmSync(path, { recursive: true });
  }
  return entries.join(' ');
}

/** Hash of everything the workflow bundle is made of: its sources, as esbuild sees them, and the bundler's version. */
async function workflowInputs() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [workflowEntry, interceptors].filter((path) => existsSync(path)),
    outdir: root,
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    logLevel: 'silent',
  });
  const bundler = createRequire(import.meta.url).resolve('@temporalio/worker/package.json');
  const hash = createHash('sha256').update(readFileSync(bundler));
  for (const path of Object.keys(metafile.inputs).sort()) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

async function buildWorkflows() {
  if (!existsSync(workflowEntry)) return 'no src/workflows/index.ts yet';
  const stamp = `// inputs: ${await workflowInputs()}`;
  if (existsSync(workflowBundle) && readFileSync(workflowBundle, 'utf8').startsWith(stamp)) return 'unchanged';
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: workflowEntry,
    workflowInterceptorModules: existsSync(interceptors) ? [interceptors] : [],
    logger: new DefaultLogger('WARN'),
  });
  mkdirSync(join(root, 'dist'), { recursive: true });
  // Written aside and renamed: a worker starting meanwhile sees the old bundle or the new, never half of one.
  const aside = `${workflowBundle}.${process.pid}`;
  writeFileSync(aside, `${stamp}\n${code}`);
  renameSync(aside, workflowBundle);
  return `${Math.round(code.length / 1024)} KiB`;
}

await Promise.all([timed('programs', buildBin), timed('workflows', buildWorkflows)]);
