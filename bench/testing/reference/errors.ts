/** How an action can fail to be one. */

/** The action makes no sense; nothing has been changed. */
export class Senseless extends Error {
  override readonly name = 'Senseless';
}

/** Somebody would sleep in the middle of the action until another one ends it: the script ends here. */
export class Sleeps extends Error {
  override readonly name = 'Sleeps';
  /** Items of ksmd that were processed before it slept. */
  processed: string[] = [];
}

/** The script frees a page that somebody has locked, or waits for what never comes: no kernel has to do anything sensible. */
export class Unsound extends Error {
  override readonly name = 'Unsound';
}
