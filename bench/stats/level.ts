/** How sure every interval and test here is: 95 %, two-sided. */

/** Probability of an error that is accepted. */
export const ALPHA = 0.05;

/** Standard normal quantile at 1 - ALPHA / 2. */
export const Z = 1.959963984540054;
