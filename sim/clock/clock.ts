/**
 * Simulated time: one object that every room reads.
 *
 * No argument of steps and their callees: a time beyond 2^31 ns is no small integer to V8, which makes an object of it
 * at each call that is not inlined. For the same reason rooms hand each other spans, which are short, and not times.
 * And a field that will hold a time begins as NaN, which is no integer: so V8 keeps room for a double in it.
 */
export class Clock {
  /** ns since the device began; set by who runs it. */
  now = 0;
}
