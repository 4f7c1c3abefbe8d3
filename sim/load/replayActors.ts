/** The actors that replay recorded events: one for lives, one for ksmd's settings, one for each CMA client. */
import type { LoadDescription, ReplayedEnd, ReplayedRequest, ReplayedSetting, ReplayedStart } from '../description.ts';
import { CmaClient } from './cmaClient.ts';
import { RecordedRequests } from './cmaRequests.ts';
import { KsmWriter } from './ksmWriter.ts';
import { Replay, type ReplayOptions } from './replay.ts';
import { eventsOf } from './replayNeeds.ts';
import type { World } from './world.ts';

/** Events by who replays them, each list in the order of time. */
interface Parts {
  readonly lives: readonly (ReplayedStart | ReplayedEnd)[];
  readonly settings: readonly ReplayedSetting[];
  readonly requests: readonly (readonly ReplayedRequest[])[];
}

function partsOf(load: LoadDescription): Parts {
  const lives: (ReplayedStart | ReplayedEnd)[] = [];
  const settings: ReplayedSetting[] = [];
  const clients = new Map<string, ReplayedRequest[]>();
  for (const event of eventsOf(load)) {
    if (event.action === 'ksm') {
      settings.push(event);
    } else if (event.action === 'cma') {
      const requests = clients.get(event.client);
      if (requests === undefined) clients.set(event.client, [event]);
      else requests.push(event);
    } else {
      lives.push(event);
    }
  }
  return { lives, settings, requests: [...clients.values()] };
}

/** How many actors that makes. */
export function countReplayActors(load: LoadDescription): number {
  const { lives, settings, requests } = partsOf(load);
  return Math.min(1, lives.length) + Math.min(1, settings.length) + requests.length;
}

/** Each gets its first step when its first event is due. */
export function addReplayActors(world: World, options: Omit<ReplayOptions, 'events'>): void {
  const { areas, description } = world;
  const { lives, settings, requests } = partsOf(description.load);
  if (lives.length > 0) new Replay(world, { ...options, events: lives }).begin();
  if (settings.length > 0) new KsmWriter(world, settings).begin();
  for (const own of requests) new CmaClient(world, new RecordedRequests(own, areas, description.warmupNs)).begin();
}
