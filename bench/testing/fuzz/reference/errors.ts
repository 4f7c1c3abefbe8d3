/** How an action can fail to be one. */

/** The action makes no sense, or its caller would sleep at once; nothing has been changed. */
export class Senseless extends Error {
  override readonly name = 'Senseless';
}

/** Somebody would sleep in the middle of the action until another one ends it: the script ends here. */
export class Sleeps extends Error {
  override readonly name = 'Sleeps';
}

/** ksmd came to the end of its item without passing the point that the script wants; it did all the rest. */
export class NotPassed extends Error {
  override readonly name = 'NotPassed';
  /** What ksmd has done. */
  readonly item: string;

  constructor(item: string, point: string) {
    super(`ksmd finished ${item} without passing ${point}`);
    this.item = item;
  }
}

/** The kernel would not survive this, or the script waits for what never comes: nobody has to do anything sensible. */
export class Unsound extends Error {
  override readonly name = 'Unsound';
}
