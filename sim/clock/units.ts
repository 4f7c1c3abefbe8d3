/** Units of simulated time, which is counted in ns everywhere. */

/** A second, ns. */
export const SECOND = 1e9;
