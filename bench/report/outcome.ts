/** How a request ended, by its errno. */
const NAMES: Readonly<Record<number, string>> = { 0: 'ok', [-16]: 'EBUSY', [-12]: 'ENOMEM', [-4]: 'EINTR' };

/** `ok`, `EBUSY`, `ENOMEM`, `EINTR`; another number as it is. */
export function outcomeOf(errno: number): string {
  return Object.hasOwn(NAMES, errno) ? NAMES[errno] : `${errno}`;
}
