import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readDomainXml } from '../../src/adapters/host/domain-xml.ts';
import { manifestLine } from '../../src/adapters/host/manifest.ts';
import { renderDomainMetadata, renderPlainMark } from '../../src/model/domain-metadata.ts';
import { lifeOf } from '../../src/model/observed.ts';
import { labelFromPairs, labelToPairs, type OwnerLabel } from '../../src/model/owner-label.ts';
import { goals } from '../support/goals.ts';

const plain: OwnerLabel = { installation: '0123abcd', deployment: 'lab', generation: 2, hash: 'h' };
const lives: readonly OwnerLabel[] = [plain, { ...plain, life: 'person' }, { ...plain, life: 'reference' }];

describe('an owner label', () => {
  test('that the file gave life to is written as it always was', () => {
    expect(labelToPairs(plain, 'disk:lab-web')).toEqual({
      'kvm-compose-installation': '0123abcd',
      'kvm-compose-deployment': 'lab',
      'kvm-compose-resource': 'disk:lab-web',
      'kvm-compose-generation': '2',
      'kvm-compose-hash': 'h',
    });
    const mark = "<mark installation='0123abcd' deployment='lab' generation='2' hash='h'/>";
    expect(renderPlainMark({ mark: plain })).toBe(mark);
    const record = { ref: 'disk:lab-web', mark: plain, goal: goals.disk } as const;
    expect(manifestLine(record)).toContain(
      '"mark":{"deployment":"lab","generation":2,"hash":"h","installation":"0123abcd"}',
    );
  });

  test.for(lives)('comes back from pairs, metadata and manifests with its life $life', (label) => {
    expect(labelFromPairs(labelToPairs(label, 'disk:lab-web'))).toEqual({ label, resource: 'disk:lab-web' });
    const xml = `<domain>${renderDomainMetadata({ mark: label, guest: 'web' })}</domain>`;
    expect(readDomainXml(xml).metadata).toEqual({ mark: label, guest: 'web' });
    const record = { ref: 'disk:lab-web', mark: label, goal: goals.disk } as const;
    expect(JSON.parse(manifestLine(record))).toEqual(record);
    expect(lifeOf({ label })).toBe(label.life ?? 'file');
  });

  test('takes no other word for a life', () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        fc.pre(word !== 'person' && word !== 'reference');
        const pairs = { ...labelToPairs(plain, 'disk:lab-web'), 'kvm-compose-life': word };
        expect(labelFromPairs(pairs)?.label).toEqual(plain);
      }),
    );
  });
});
