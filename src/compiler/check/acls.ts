import { repeated } from '../findings.ts';
import type { Scene } from '../scene.ts';
import { unknownSwitch } from './unknown.ts';

/** Access rules: on switches that exist, and none twice. */
export function checkAcls(scene: Scene): void {
  const { acl } = scene.testbed.network;
  for (const { name, at, rules } of acl.switches) {
    unknownSwitch(scene, name, at);
    const keyOf = (rule: (typeof rules)[number]): string =>
      [rule.direction, rule.priority, rule.action, rule.match].join(' ');
    for (const { again, first } of repeated(rules, keyOf)) {
      scene.findings.error(
        again.at(),
        'duplicate-rule',
        `this rule is there twice`,
        `the first is on line ${first.at().line}`,
      );
    }
  }
}
