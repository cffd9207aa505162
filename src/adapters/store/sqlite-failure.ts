import { Failure } from '../../model/failure.ts';
import { isErrno } from './atomic-file.ts';

/** SQLite's result codes that mean something to a person; the low byte is the primary code. */
const primary = { busy: 5, readOnly: 8, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };
/** A file shorter than its own header says. */
const shortRead = 522;
/** No space for the shared-memory file beside the database. */
const noSharedMemory = 4874;
/** ENOSPC and EDQUOT, as the operating system said them. */
const noSpaceErrno = [28, 122];

/** What the library adds to its errors. */
interface SqliteError extends Error {
  readonly errcode?: number;
  readonly systemErrno?: number;
}

/** Does something with the database; what goes wrong with the file becomes a failure that says what to do. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteFailure(path, error);
  }
}

function sqliteFailure(path: string, error: unknown): unknown {
  if (error instanceof Failure) return error;
  const { errcode = 0, systemErrno = 0, message } = error as SqliteError;
  const code = errcode & 0xff;
  const failure = (data: Pick<Failure['data'], 'code' | 'class' | 'message' | 'hint'>): Failure =>
    new Failure({ ...data, object: path }, { cause: error });
  if (
    code === primary.full ||
    errcode === noSharedMemory ||
    noSpaceErrno.includes(systemErrno) ||
    isErrno(error, 'ENOSPC', 'EDQUOT')
  ) {
    return failure({
      code: 'store-full',
      class: 'transient',
      message: `no space left for ${path}; nothing of this write is in it`,
      hint: "free space on the file system of the server's home; the next write works again",
    });
  }
  if (code === primary.corrupt || code === primary.notADatabase || errcode === shortRead) {
    return failure({
      code: 'store-corrupt',
      class: 'permanent',
      message: `${path} is damaged: ${message}`,
      hint:
        `the hosts are the truth and nothing on them is lost: stop the server, move ${path}, ${path}-wal and ` +
        `${path}-shm aside and start again; gc shows what is on the hosts, and up of each project takes it over`,
    });
  }
  if (code === primary.busy) {
    return failure({
      code: 'store-busy',
      class: 'transient',
      message: `${path} is locked by another process for too long`,
      hint: 'see which process has it open (fuser); a tool that inspects it must not leave a transaction open',
    });
  }
  if (code === primary.readOnly || code === primary.cannotOpen || isErrno(error, 'EACCES', 'EPERM', 'EROFS')) {
    return failure({
      code: 'home-rights',
      class: 'permanent',
      message: `${path} cannot be used: ${message}`,
      hint: 'run as root (sudo), or set KVM_COMPOSE_HOME to a folder of your own',
    });
  }
  return error;
}
