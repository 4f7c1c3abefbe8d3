/** Devices of strategies that are switches of the kernel: the same device with another profile. */
import type { DeviceDescription, KernelChanges, KernelProfile } from '../description.ts';
import { UNCHANGED } from '../kernelProfiles.ts';

type Device = (description: DeviceDescription) => DeviceDescription;

/** The device with these parts of its kernel profile. */
export function withKernel(profile: Partial<KernelProfile>): Device {
  return (description) => ({ ...description, kernel: { ...description.kernel, ...profile } });
}

/** The device with these changes since 3.10 made, or not made, in its kernel. */
export function withChanges(changes: Partial<KernelChanges>): Device {
  return (description) =>
    withKernel({ changes: { ...(description.kernel.changes ?? UNCHANGED), ...changes } })(description);
}
