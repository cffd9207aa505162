import { createHmac } from 'node:crypto';

import { expect, test } from 'vitest';

import { algorithmsFor, judgeKey, knownKeys } from '../../../src/adapters/runner/ssh/known-hosts.ts';

const key = Buffer.from('the key of a host').toString('base64');
const other = Buffer.from('another key').toString('base64');

/** As `ssh-keygen -H` writes a name. */
function hashed(name: string): string {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

test.each([
  ['plain', `10.0.0.1 ssh-ed25519 ${key}`, '10.0.0.1', 22, true],
  ['among others', `a,10.0.0.1,b ssh-ed25519 ${key}`, '10.0.0.1', 22, true],
  ['with a port', `[10.0.0.1]:2200 ssh-ed25519 ${key}`, '10.0.0.1', 2200, true],
  ['of another port', `10.0.0.1 ssh-ed25519 ${key}`, '10.0.0.1', 2200, false],
  ['hashed', `${hashed('node')} ssh-ed25519 ${key}`, 'node', 22, true],
  ['hashed with a port', `${hashed('[node]:2200')} ssh-ed25519 ${key}`, 'node', 2200, true],
  ['wildcard', `10.0.0.? ssh-ed25519 ${key}`, '10.0.0.1', 22, true],
  ['negated', `*,!10.0.0.1 ssh-ed25519 ${key}`, '10.0.0.1', 22, false],
  ['not a pattern of regular expressions', `10.0.0.1 ssh-ed25519 ${key}`, '10x0x0x1', 22, false],
  ['comment', `# 10.0.0.1 ssh-ed25519 ${key}`, '10.0.0.1', 22, false],
  ['any case', `Node ssh-ed25519 ${key}`, 'nODE', 22, true],
])('an entry is found: %s', (_, line, host, port, found) => {
  expect(knownKeys(`\n${line}\n`, host, port).length > 0).toBe(found);
});

test('a key is judged by what the file holds for its host', () => {
  const shown = Buffer.from(key, 'base64');
  expect(judgeKey(knownKeys(`h ssh-ed25519 ${key}`, 'h', 22), shown)).toBe('known');
  expect(judgeKey(knownKeys(`h ssh-ed25519 ${other}`, 'h', 22), shown)).toBe('changed');
  expect(judgeKey(knownKeys(`h ssh-ed25519 ${other}\nh ssh-ed25519 ${key}`, 'h', 22), shown)).toBe('known');
  expect(judgeKey(knownKeys('', 'h', 22), shown)).toBe('unknown');
  expect(judgeKey(knownKeys(`h ssh-ed25519 ${key}\n@revoked h ssh-ed25519 ${key}`, 'h', 22), shown)).toBe('revoked');
});

test('the host is asked for a kind of key the file knows', () => {
  expect(algorithmsFor(knownKeys(`h ssh-rsa ${key}\nh ssh-ed25519 ${other}`, 'h', 22))).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-ed25519',
  ]);
});
