import type { AclRule } from '../../model/testbed-network.ts';
import { repeated } from '../findings.ts';
import type { CompileContext } from '../compile-context.ts';
import { unknownSwitch } from './unknown.ts';

/** Access rules: on switches that exist, none twice, none that contradict each other, none OVN cannot read. */
export function checkAcls(context: CompileContext): void {
  const { findings, ovn } = context;
  for (const { name, at, rules } of ovn.acl.switches) {
    unknownSwitch(context, name, at);
    for (const { again, first } of repeated(rules, matching)) {
      const hint = `the first is on line ${first.at().line}`;
      if (again.action === first.action) {
        findings.error(again.at(), 'duplicate-rule', 'this rule is there twice', hint);
      } else {
        const message = `\`${first.action}\` and \`${again.action}\` for the same packets at priority ${again.priority}`;
        findings.warning(again.at('action'), 'acl-clash', message, `${hint}; OVN picks one`);
      }
    }
    for (const rule of rules) checkMatch(context, rule);
  }
}

function matching({ direction, priority, match }: AclRule): string {
  return `${direction} ${priority} ${match}`;
}

/** What can be seen without OVN's own parser. */
function checkMatch({ findings }: CompileContext, { at, match }: AclRule): void {
  const wrong = matchFault(match);
  if (wrong !== undefined) findings.warning(at('match'), 'acl-syntax', `OVN will not read this match: ${wrong}`);
}

function matchFault(match: string): string | undefined {
  const bare = match.replaceAll(/"[^"]*"/g, '""');
  if ((bare.replaceAll('""', '').match(/"/g) ?? []).length > 0) return 'a quote is not closed';
  let depth = 0;
  for (const sign of bare) {
    if (sign === '(' || sign === '{') depth += 1;
    if (sign === ')' || sign === '}') depth -= 1;
    if (depth < 0) break;
  }
  if (depth !== 0) return 'brackets do not pair';
  if (bare.includes("'")) return 'it knows double quotes only';
  if (/[^=!<>]=[^=]/.test(bare)) return 'compare with `==`';
  if (/\b(and|or|not)\b/i.test(bare)) return 'write `&&`, `||` and `!`';
  return undefined;
}
