/** The checks of suites: that what was timed is what was meant. */

/** Throws Error when what a suite timed did not happen: its figure would be a lie. */
export function mustHold(holds: boolean, message: string): void {
  if (!holds) throw new Error(`the suite did not do what it measures: ${message}`);
}
