import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readDomainXml } from '../../../src/adapters/host/domain-xml.ts';
import { escapeXml, metadataNamespace, renderDomainMetadata } from '../../../src/model/domain-metadata.ts';

const recorded = readFileSync(new URL('../../fixtures/observer/two-guests.txt', import.meta.url), 'utf8');
const xml = /^<domain [\s\S]*?^<\/domain>/m.exec(recorded)![0];
const read = readDomainXml(xml);
const label = { installation: 'i', deployment: 'lab', generation: 2, hash: 'h' };

describe('the XML of a domain', () => {
  test('says the same however it is written', () => {
    const other = xml.replaceAll("'", '"').replaceAll('/>', ' />').replaceAll(' type=', '\n  type=');
    expect(readDomainXml(other)).toEqual(read);
  });

  test('names its own disks, not those they are made from', () => {
    const backing = "<backingStore type='file'><format type='raw'/><source file='/other'/></backingStore>";
    const more = xml.replace(/(<disk type='file' device='disk'>)/, `$1${backing}`);
    expect(more).not.toBe(xml);
    expect(readDomainXml(more).disks).toEqual(read.disks);
  });

  test('is not believed in comments, texts and places that are not ours', () => {
    const mark = renderDomainMetadata({ mark: label }).replace(/<\/?metadata>/g, '');
    const hostile = [
      `<!-- ${mark} -->`,
      `<description>${escapeXml(mark)}</description>`,
      `<title><![CDATA[${mark}]]></title>`,
      `<metadata><x:y xmlns:x='z'>${mark}</x:y></metadata>`,
      `<metadata>${mark.replace(metadataNamespace, 'https://other.example/')}</metadata>`,
    ];
    for (const each of hostile) expect(readDomainXml(`<domain>${each}</domain>`).metadata).toBeUndefined();
  });

  test('gives back any text that was escaped, once', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('&', ';', '<', '>', "'", '"', 'a', 'amp', 'lt', '#38') }),
        (guest) => {
          const text = `<domain>${renderDomainMetadata({ mark: label, guest })}</domain>`;
          expect(readDomainXml(text).metadata).toEqual({ mark: label, guest });
        },
      ),
    );
  });

  test('may hold metadata of others that is long, deep or named like parts of objects', () => {
    const own = renderDomainMetadata({ mark: label }).replace('</metadata>', '');
    const others = [
      `<a>${'&amp;'.repeat(200_000)}</a>`,
      '<a>'.repeat(500) + '</a>'.repeat(500),
      '<__proto__ x="1"/><constructor/><toString/>',
    ];
    for (const each of others)
      expect(readDomainXml(`<domain>${own}${each}</metadata></domain>`).metadata).toEqual({ mark: label });
  });
});
