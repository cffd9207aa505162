/** Exit codes of the command line; documented in the README and stable. */
export const exitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  busy: 3,
  changes: 4,
  verification: 5,
  cancelled: 130,
} as const;
