/** A command as root: as it is for root, through `sudo -n` for everybody else. */
export function elevated(command: string, user: string): string {
  return user === 'root' ? `exec ${command}` : `exec sudo -n ${command}`;
}
