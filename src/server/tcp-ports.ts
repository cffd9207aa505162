import { createServer } from 'node:net';

const loopback = '127.0.0.1';

/** True when somebody else listens there. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(true));
    probe.listen(port, loopback, () => probe.close(() => resolve(false)));
  });
}

/** The wanted port where it is free, else any free one. */
export async function freePort(wanted: number): Promise<number> {
  if (!(await isTaken(wanted))) return wanted;
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, loopback, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
