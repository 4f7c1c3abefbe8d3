/**
 * The natural logarithm in exact IEEE arithmetic, for the program's exponential gaps: Math.log may differ between
 * engines.
 *
 * x = m * 2^e with m in [1, 2); ln m = 2 atanh((m - 1) / (m + 1)) by its power series, whose argument is below 1/3.
 */

const LN_2 = 0.6931471805599453;
/** Enough for double precision: (1/3)^(2 * 18) is below 2^-53. */
const TERMS = 18;

/** ln x for finite x > 0, to within a few units in the last place. */
export function ln(x: number): number {
  let exponent = 0;
  let m = x;
  while (m >= 2) {
    m /= 2;
    exponent++;
  }
  while (m < 1) {
    m *= 2;
    exponent--;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let power = s;
  let sum = 0;
  for (let term = 0; term < TERMS; term++) {
    sum += power / (2 * term + 1);
    power *= square;
  }
  return exponent * LN_2 + 2 * sum;
}
