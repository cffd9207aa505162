import { execFileSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { parseSections } from '../../../src/adapters/observer/sections.ts';
import { observation } from '../../../src/adapters/observer/script.ts';
import { realTransports } from '../../../src/adapters/transports.ts';
import type { QueryName } from '../../../src/model/transport/op.ts';

/** What a shell without any of our tools says to the program. */
function heard(...args: Parameters<typeof observation>): ReturnType<typeof parseSections> {
  const { script, data } = observation(...args);
  const stdout = execFileSync('/bin/sh', ['-c', script], {
    input: data,
    encoding: 'utf8',
    // This machine may have a switch or none; nobody asks here.
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return parseSections(stdout, args[1]);
}

const asking = (...parts: readonly (readonly [QueryName, string, string?])[]): Parameters<typeof observation>[0] => ({
  tools: ['sh', 'no-such-tool'],
  queries: new Map(
    parts.map(([name, program, data]) => [name, { program, ...(data === undefined ? {} : { data: () => data }) }]),
  ),
});

test('each transport is given its own data, whatever the others do with standard input', () => {
  const greedy = 'section greedy; cat; printf "%s\\n" "$DATA"';
  const parts = asking(
    ['ovn', greedy, 'first "line"\\'],
    ['files', 'section none; echo "[$DATA]"'],
    ['links', 'section last; printf "%s\\n" "$DATA $DEPLOYMENT"', '$x'],
  );
  const sections = heard(parts, 'TOKEN', 'lab');
  expect(sections.lines('greedy')).toEqual(['first "line"\\']);
  expect(sections.lines('none')).toEqual(['[]']);
  expect(sections.lines('last')).toEqual(['$x lab']);
  expect(sections.whole).toBe(true);
});

test('what one transport cannot tell is named, and the others are heard', () => {
  const sections = heard(asking(['ovn', 'false || failed ovn'], ['files', 'section files; echo x']), 'T');
  expect(sections.failed.filter((what) => what !== 'ovs')).toEqual(['ovn']);
  expect(sections.lines('files')).toEqual(['x']);
});

test('tools that carriers use and a host has not are named', () => {
  const missing = heard(asking(), 'T')
    .lines('facts')
    .filter((line) => line.startsWith('missing '));
  expect(missing).toEqual(['missing no-such-tool']);
});

test('only what is asked is in the program', () => {
  const { ovn, files } = realTransports;
  const { script } = observation({ queries: new Map([['files', files.query]]), tools: [] }, 'T', 'lab');
  expect(script).toContain(files.query.program);
  expect(script).not.toContain(ovn.query.program);
});
