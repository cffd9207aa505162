import { DatabaseError } from 'pg';
import { Failure, type FailureData } from '../../model/failure.ts';

/** Errors of the network and of the library that mean: nobody there, for now. */
const silent = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'];

/** PostgreSQL's error codes by what a person can do about them, as prefixes. */
const meanings: readonly (readonly [prefixes: readonly string[], meaning: Omit<FailureData, 'message' | 'object'>])[] =
  [
    [
      ['53100'],
      {
        code: 'store-full',
        class: 'transient',
        hint: 'free space on the disk of the PostgreSQL server; nothing of this write is in it, the next one works again',
      },
    ],
    [
      ['XX001', 'XX002'],
      {
        code: 'store-corrupt',
        class: 'permanent',
        hint:
          'the hosts are the truth and nothing on them is lost: restore the database, or drop its schema kvm_compose and ' +
          'start again; gc shows what is on the hosts, and up of each project takes it over',
      },
    ],
    [
      ['28', '3D000', '42501'],
      {
        code: 'store-refused',
        class: 'permanent',
        hint: 'check user, password and database of KVM_COMPOSE_DATABASE_URL; the user must be allowed to create a schema',
      },
    ],
    [
      ['08', '57P', '53300', '55P03', '40'],
      { code: 'store-unreachable', class: 'transient', hint: 'start PostgreSQL, or check KVM_COMPOSE_DATABASE_URL' },
    ],
  ];

/** Does something with the database at a place (a URL without its secret); what goes wrong says what to do. */
export async function guarded<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw postgresFailure(place, error);
  }
}

function postgresFailure(place: string, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  // The library's own time-outs and lost connections carry no code.
  const ofLibrary = /connection|timeout/i.test(error.message) ? '08000' : '';
  const code = (error as NodeJS.ErrnoException).code ?? ofLibrary;
  const sqlState = error instanceof DatabaseError || ofLibrary ? code : silent.includes(code) ? '08000' : '';
  const [, meaning] =
    meanings.find(([prefixes]) => sqlState && prefixes.some((each) => sqlState.startsWith(each))) ?? [];
  if (!meaning) return error;
  return new Failure(
    { ...meaning, message: `PostgreSQL at ${place}: ${error.message}`, object: place },
    { cause: error },
  );
}
