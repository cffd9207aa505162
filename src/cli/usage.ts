import { Failure } from '../model/failure.ts';

/** Something wrong with the words of the command line itself. */
export function usage(message: string, hint = 'see kvm-compose --help'): Failure {
  return new Failure({ code: 'usage', class: 'permanent', message, hint });
}
