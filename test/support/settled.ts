/** What two machines print of the same session differs in these; here they are always the same. */
const settled: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '01234567-89ab-7cde-8f01-23456789abcd'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '2026-11-24T10:00:00Z'],
  [/(after|took) \d+(\.\d+)?s/g, '$1 1.0s'],
  [/process \d+/g, 'process 4242'],
];

const eventLine = /^ *\d+\.\d+s {2}/;

/**
 * A session as it would be on any machine: times, names and processes are the same, columns stand two spaces apart, and
 * lines of events, which come in any order where hosts work side by side, are sorted.
 */
export function settle(text: string, names: ReadonlyMap<string, string>): string {
  let known = text;
  for (const [name, shown] of names) known = known.replaceAll(name, shown);
  for (const [pattern, value] of settled) known = known.replace(pattern, value);
  const lines = known.split('\n').map(settleLine);
  return sortEvents(lines).join('\n');
}

function settleLine(line: string): string {
  if (eventLine.test(line)) return line.replace(eventLine, '   0.0s  ');
  return line.replace(/(?<=\S) {2,}(?=\S)/g, '  ').replace(/ {2}\d+\.\d+s {2}/, '  1.0s  ');
}

function sortEvents(lines: readonly string[]): string[] {
  const sorted: string[] = [];
  let block: string[] = [];
  for (const line of lines) {
    if (eventLine.test(line)) block.push(line);
    else {
      sorted.push(...block.sort(), line);
      block = [];
    }
  }
  return [...sorted, ...block.sort()];
}
