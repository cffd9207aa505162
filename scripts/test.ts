// `npm test`: sets up what tests need, checks the sources, runs every vitest project, and counts it all.
// A step that fails is counted and does not keep the later ones from running.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

import { check, root, run } from './tools.ts';

/** Bash scripts that install what is missing, and do nothing when all is there. */
const setups = ['playground/install', 'temporal/install', 'playground/tiny-guest/build'];
const projects = ['unit', 'workflow', 'scenario'];
const reports = join(root, 'node_modules/.cache/test');

const counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed, a line each, told once more at the end: a reader of a log sees that part first, or only that. */
const failures: string[] = [];

/** The parts of vitest's JSON report that are counted. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly FileReport[];
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

/** What vitest wrote; nothing when it was stopped before the end. */
function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

function title(text: string): void {
  console.log(`\n=== ${text}`);
}

/** The failed tests of a file, and the file itself when it could not even be loaded. */
function failuresOf({ name, status, message, assertionResults }: FileReport): string[] {
  const file = relative(root, name);
  if (status === 'failed' && assertionResults.length === 0) return [`${file}\n${message}`];
  return assertionResults
    .filter((test) => test.status === 'failed')
    .map((test) => `${file} > ${test.fullName}\n${test.failureMessages.join('\n')}`);
}

async function step(name: string, command: readonly string[]): Promise<void> {
  title(name);
  const { ok, seconds, output } = await run(command, true);
  counts[ok ? 'passed' : 'failed'] += 1;
  if (!ok) failures.push(name);
  console.log(`${output}${ok ? 'ok    ' : 'FAILED'} ${name} ${seconds} s`);
}

async function testProject(project: string): Promise<void> {
  title(`${project} tests`);
  const file = join(reports, `${project}.json`);
  rmSync(file, { force: true });
  const { ok } = await run(
    ['vitest', 'run', '--project', project, '--reporter', 'default', '--reporter', 'json', '--outputFile.json', file],
    true,
  );
  const failedBefore = counts.failed;
  const report = readReport(file);
  if (report !== undefined) {
    // A file that cannot even be loaded has no tests to report.
    const unloadable = report.testResults.filter(
      (r) => r.status === 'failed' && r.assertionResults.length === 0,
    ).length;
    counts.passed += report.numPassedTests;
    counts.failed += report.numFailedTests + unloadable;
    counts.skipped += report.numPendingTests + report.numTodoTests;
    failures.push(...report.testResults.flatMap(failuresOf));
  }
  // No report, no test found, a set-up or an unhandled error: nothing of that is a failed test, all of it is a failure.
  if (!ok && counts.failed === failedBefore) {
    counts.failed += 1;
    failures.push(`${project} tests: vitest failed beside its tests, see above`);
  }
}

mkdirSync(reports, { recursive: true });
for (const script of setups) await step(script, ['bash', script]);
title('check');
const checked = await check();
counts.passed += checked.passed;
counts.failed += checked.failed;
if (checked.failed > 0) failures.push('check, see above');
await step('build', [process.execPath, 'scripts/build.mjs']);
for (const project of projects) await testProject(project);

if (failures.length > 0) title('failed');
for (const failure of failures) console.log(failure);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 ? 0 : 1;
