import { existsSync } from 'node:fs';
import { searchAttributes } from '../model/search-attributes.ts';

/** Where one Temporal server keeps its data and listens. */
export interface TemporalPlace {
  readonly bin: string;
  /** File of its data. */
  readonly database: string;
  readonly port: number;
  readonly uiPort: number;
}

/**
 * A shard loads its queues at most 20 times a second unless told otherwise, which makes every step of a run ten times
 * slower. A mistyped key is accepted silently, so a test measures it.
 */
const dispatchRates = ['transfer', 'timer', 'visibility', 'outbound'].map(
  (queue) => `history.${queue}ProcessorMaxPollRPS=1000`,
);

/** The words that start the server. It dies with its supervisor where the system can arrange that. */
export function temporalCommand(place: TemporalPlace): string[] {
  const flag = (name: string, values: readonly string[]): string[] => values.flatMap((value) => [`--${name}`, value]);
  return [
    ...dieWithParent(),
    place.bin,
    'server',
    'start-dev',
    ...flag('ip', ['127.0.0.1']),
    ...flag('port', [String(place.port)]),
    ...flag('ui-ip', ['127.0.0.1']),
    ...flag('ui-port', [String(place.uiPort)]),
    ...flag('db-filename', [place.database]),
    ...flag('log-level', ['error']),
    ...flag('sqlite-pragma', ['journal_mode=WAL', 'synchronous=NORMAL']),
    ...flag('dynamic-config-value', dispatchRates),
    ...flag(
      'search-attribute',
      [...searchAttributes].map(([name, type]) => `${name}=${type}`),
    ),
  ];
}

/** Temporal reads nothing on standard input, so it cannot notice a pipe that closes; the kernel tells it. */
function dieWithParent(): string[] {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  return setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'TERM'];
}
