/** How a request ended, by its errno as the kernel returns it. */
const NAMES: Readonly<Record<number, string>> = { 0: 'ok', [-16]: 'EBUSY', [-12]: 'ENOMEM', [-4]: 'EINTR' };
const ERRNOS = new Map(Object.entries(NAMES).map(([errno, name]) => [name, Number(errno)]));

/** `ok`, `EBUSY`, `ENOMEM`, `EINTR`; another number as it is. */
export function outcomeOf(errno: number): string {
  return Object.hasOwn(NAMES, errno) ? NAMES[errno] : `${errno}`;
}

/** The errno that `outcomeOf` has this word for; NaN for a word that it has for none. */
export function errnoOf(outcome: string): number {
  return ERRNOS.get(outcome) ?? Number(outcome);
}
