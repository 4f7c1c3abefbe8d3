/**
 * What somebody does to a running device that its description does not say: a request for contiguous memory, a write to
 * /sys/kernel/mm/ksm. The actors are those that replay recordings, with the one event that is due now.
 */
import type { ReplayedRequest, ReplayedSetting } from '../description.ts';
import type { CmaAttempt } from '../observations.ts';
import { CmaClient } from './cmaClient.ts';
import { RecordedRequests } from './cmaRequests.ts';
import { KsmWriter } from './ksmWriter.ts';
import type { World } from './world.ts';

/** What is asked for; see ReplayedRequest. */
export type HandRequest = Omit<ReplayedRequest, 'at' | 'action'>;

/** What is written; see ReplayedSetting. */
export type HandSetting = Omit<ReplayedSetting, 'at' | 'action'>;

/** The first step of time to come asks; `told` of the answer. */
export function request(world: World, asked: HandRequest, told: (attempt: CmaAttempt) => void): void {
  const { areas, description } = world;
  const event: ReplayedRequest = { ...asked, action: 'cma', at: measuredTime(world) };
  new CmaClient(world, new RecordedRequests([event], areas, description.warmupNs), told).begin();
}

/** The first step of time to come writes; a write to `run` waits for the batch of ksmd in work. */
export function writeKsm(world: World, written: HandSetting): void {
  new KsmWriter(world, [{ ...written, action: 'ksm', at: measuredTime(world) }]).begin();
}

/** Now as events count it: below 0 while the device warms up. */
function measuredTime({ scheduler, description }: World): number {
  return scheduler.now - description.warmupNs;
}
