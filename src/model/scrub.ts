/** What stands where a secret was. */
export const leftOut = '[left out]';

const privateKeys = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** Shorter ones are words of any text. */
const shortestSecret = 6;

/** A text without private keys of any kind, and without the given secrets. */
export function scrub(text: string, secrets: readonly string[]): string {
  const known = [...new Set(secrets)]
    .filter((secret) => secret.length >= shortestSecret)
    .sort((a, b) => b.length - a.length);
  return known.reduce((rest, secret) => rest.replaceAll(secret, leftOut), text.replace(privateKeys, leftOut));
}
