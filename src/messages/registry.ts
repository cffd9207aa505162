/** Loudness, and a line of documentation, of every code the product emits. Only codes and data are contract. */
interface MessageDefinition {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly about: string;
}

/** Codes of events in a run's log. */
export const eventCodes = {
  'run-started': { level: 'info', about: 'a command began' },
  'run-planned': { level: 'info', about: 'the plan is frozen; data holds the summary' },
  'run-ended': { level: 'info', about: 'a command ended; data holds the outcome' },
  'run-nothing-to-do': { level: 'info', about: 'the hosts already match the file' },
  'batch-started': { level: 'info', about: 'work on a host began; data: batch, items' },
  'batch-done': { level: 'info', about: 'work on a host ended; data: batch, done, already' },
  'batch-failed': { level: 'error', about: 'work on a host failed' },
  'batch-retry': { level: 'warn', about: 'work on a host will be tried again' },
  'item-done': { level: 'debug', about: 'a resource was made, changed or removed' },
  'item-failed': { level: 'error', about: 'a resource could not be made, changed or removed' },
  'item-skipped': { level: 'warn', about: 'a resource was not tried because one it needs failed' },
  'undo-started': { level: 'info', about: 'taking back what this run made' },
  'undo-done': { level: 'info', about: 'a resource was taken back' },
  'undo-failed': { level: 'error', about: 'a resource could not be taken back and is left over' },
  'cancel-requested': { level: 'warn', about: 'somebody asked the run to stop; data: by, reason' },
  'guest-rung': { level: 'info', about: 'a guest came one rung up the readiness ladder; data: rung, seconds' },
  'guest-ready': { level: 'info', about: 'a guest is ready; data: seconds' },
  'guest-stalled': { level: 'warn', about: 'a guest makes no progress; data: rung, console' },
  'script-started': { level: 'info', about: 'a script runs in a guest' },
  'script-output': { level: 'info', about: 'a line a script printed' },
  'script-done': { level: 'info', about: 'a script ended with exit code 0' },
  'script-adopted': { level: 'info', about: 'a script was found running and is followed' },
  'push-progress': { level: 'info', about: 'bytes of an image on their way to a host' },
  progress: { level: 'info', about: 'items done of total in one batch' },
  'event-lost': { level: 'warn', about: 'a line of the event log is damaged: its writer died while writing it' },
  'warning-diagnostic': { level: 'warn', about: 'something in the file is doubtful' },
} as const satisfies Record<string, MessageDefinition>;

/** The code of an event. */
export type EventCode = keyof typeof eventCodes;

/** Codes of failures, with what they mean. */
export const failureCodes = {
  internal: 'a bug of this product',
  'invalid-project': 'the project file has errors; details hold diagnostics',
  'file-missing': 'a file is not there',
  'file-unreadable': 'a file cannot be read',
  'image-missing': 'the catalogue does not know the image, or its file is gone',
  'image-unreadable': 'a disk image cannot be read or is not what it claims to be',
  'host-unreachable': 'a host does not answer',
  'host-auth': 'a host refuses the key',
  'host-key': 'a host shows another host key than the pinned one',
  'host-tools': 'a host lacks tools',
  'host-rights': 'the user on the host may not do what is needed',
  'needs-replace': 'a change would move a guest or lose data, and was not asked for',
  'name-taken': 'something that is not ours bears the name',
  'not-supported-yet': 'the resource kind compiles and plans but has no carrier yet',
  'ovn-refused': 'the OVN northbound database refused a transaction',
  'ovs-refused': 'Open vSwitch refused a change',
  'libvirt-refused': 'libvirt refused to define, start or remove a domain',
  'disk-unreadable': 'QEMU cannot read a disk',
  'disk-failed': 'a disk, seed or folder could not be made',
  'no-space': 'a host has no space left',
  'link-failed': 'a namespace or link could not be made',
  'port-not-installed': 'OVN did not install a port in time',
  'guest-stalled': 'a guest made no progress and was given up',
  'guest-auth': 'a guest refuses the deployment key',
  'guest-host-key': 'a guest shows another host key than its seed gave it',
  'cloud-init-failed': 'cloud-init reported an error in a guest',
  'script-failed': 'a script ended with a non-zero exit code',
  'script-interrupted': 'a script was started but never ended, and its guest was rebooted',
  'command-failed': 'a command on a host failed',
  cancelled: 'the run was cancelled',
  busy: 'another run holds the deployment',
  'no-server': 'the server cannot be reached or started',
  'no-temporal': 'there is no Temporal program and none can be built',
  'home-rights': 'the home of the server may not be used',
  'bad-setting': 'a setting has a value that makes no sense',
  'port-taken': 'a TCP port is taken by something else',
  'no-such-run': 'there is no such run',
  'no-such-deployment': 'the server knows no such deployment',
  'bad-frame': 'a client sent something that is not of the protocol',
  unauthorized: 'the token is missing or wrong',
  'unsigned-input': 'a payload without a valid signature was refused',
  'expired-input': 'a signed input was too old or meant for another deployment',
} as const satisfies Record<string, string>;

/** The code of a failure. */
export type FailureCode = keyof typeof failureCodes;
