import * as z from 'zod';

const name = '[A-Za-z0-9][A-Za-z0-9._-]{0,62}';

/** A client's own name of a request, unique on its connection. */
export const requestId = z.string().min(1).max(100);

/** The name of a deployment. */
export const deployment = z
  .string()
  .regex(new RegExp(`^${name}$`), 'must be letters, digits, dots, underscores or hyphens');

/** `<deployment>` for its current or last run, or `<deployment>/<run id>`. */
export const run = z
  .string()
  .regex(new RegExp(`^${name}(/[A-Za-z0-9-]{1,100})?$`), 'must be DEPLOYMENT or DEPLOYMENT/RUN');

/** A path on the server's machine. */
export const path = z.string().min(1).max(4096);

/** Something a person wrote, such as a reason. */
export const text = z.string().max(1000);

/** A number of an event; 0 is before the first. */
export const since = z.int().min(0);

/** A SHA-256 in hexadecimal. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256');

/** Values of the variables that a project's files refer to. */
const variables = z
  .record(z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable'), z.string().max(8192))
  .refine((given) => Object.keys(given).length <= 500, 'must not have more than 500 variables');

/** Names of guests and globs. */
export const guests = z.array(z.string().min(1).max(200)).min(1).max(1000);

/** Which project a request is about, and where its files are. */
export const place = {
  deployment,
  folder: path.startsWith('/'),
  file: path,
  hostsFile: path.exactOptional(),
  variables: variables.exactOptional(),
};
