import { onHost, tryOnHost } from '../../support/playground.ts';

/**
 * Stands in for `sh`: busybox's shell. Its own tools are built in and come before the host's, but for `setsid`, which
 * would start its own shell past this file; so would `exec sh`.
 */
const program = `#!/bin/busybox sh
tools='setsid() { /usr/bin/setsid "$@"; }
'
case $1 in
-c) command=$(printf %s "$2" | sed 's,exec sh ,exec /bin/sh ,'); shift 2; exec /bin/busybox sh -c "$tools$command" "$@";;
*) exec /bin/busybox sh -c "$tools. \\"\\$0\\"" "$@";;
esac
`;

/** Makes busybox the `sh` of a virtual host, which has a mount namespace of its own; returns how to end that. */
export async function busyboxAsShell(host: string): Promise<() => Promise<void>> {
  const file = '/run/busybox-sh';
  const shell = (await onHost(host, 'readlink', '-f', '/bin/sh')).trim();
  await tryOnHost(host, ['tee', file], { input: program });
  await onHost(host, 'chmod', '755', file);
  await onHost(host, 'mount', '--bind', file, shell);
  return async () => {
    await onHost(host, 'umount', shell);
    await onHost(host, 'rm', file);
  };
}
