/**
 * When a timer of the wheel without cascading expires (kernel/time/timer.c since 4.8: calc_wheel_index, calc_index).
 *
 * Level 0 holds timers of up to 62 ticks at a granularity of one, each further level eight times as many at eight times
 * the granularity; a timer is rounded up to the next boundary of its level. Differences: base->clk never lags behind;
 * no level is the last one, which at HZ=250 would hold what is more than six days away.
 */
/** LVL_START(1): LVL_SIZE - 1. */
const FIRST_START = 63;

/** The tick in which a timer armed in tick `now` for `ticks` later expires. */
export function wheelExpiry(now: number, ticks: number): number {
  let granularity = 1;
  while (ticks >= FIRST_START * granularity) granularity *= 8;
  return (Math.floor((now + ticks) / granularity) + 1) * granularity;
}
