/** CPU time of this process, all of its threads: what a busy machine changes less than wall time. */

/** CPU time while `work` is done, ms. */
export function cpuMs(work: () => void): number {
  const began = process.cpuUsage();
  work();
  return msSince(began);
}

/** The same of work that takes its time. */
export async function asyncCpuMs(work: () => Promise<unknown>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  return msSince(began);
}

function msSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e3;
}
