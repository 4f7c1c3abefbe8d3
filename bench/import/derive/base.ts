/** The built-in device that stands in for what a capture does not tell. */
import type { DeviceDescription } from '../../../sim/index.ts';

export interface Base {
  /** Its name, for comments: `zx1800-512`. */
  readonly name: string;
  readonly device: DeviceDescription;
}
