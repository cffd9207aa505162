import { diagnosticCodes } from '../../messages/diagnostic-codes.ts';
import type { DiagnosticData } from '../../spec/diagnostic-data.ts';

const codes = Object.entries(diagnosticCodes);

/** Diagnostics as SARIF 2.1.0, which code hosts and editors show where they belong. */
export function sarifLog(
  diagnostics: readonly DiagnosticData[],
  isError: (each: DiagnosticData) => boolean,
  version: string,
): object {
  const known = codes.filter(([code]) => diagnostics.some((each) => each.code === code));
  const used = known.map(([code]) => code);
  const rules = known.map(([id, text]) => ({
    id,
    shortDescription: { text },
    properties: { tags: ['kvm-compose'] },
  }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'kvm-compose', semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((each) => ({
          ruleId: each.code,
          ruleIndex: used.indexOf(each.code),
          level: isError(each) ? 'error' : 'warning',
          message: { text: each.hint === undefined ? each.message : `${each.message} (${each.hint})` },
          ...(each.file === undefined ? {} : { locations: [locationOf(each.file, each)] }),
        })),
      },
    ],
  };
}

function locationOf(file: string, { line = 1, column = 1, length = 1, excerpt }: DiagnosticData): object {
  const snippet = excerpt === undefined ? {} : { snippet: { text: excerpt.slice(column - 1, column - 1 + length) } };
  const region = { startLine: line, startColumn: column, endLine: line, endColumn: column + length, ...snippet };
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region } };
}
