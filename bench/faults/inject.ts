/** Injects a fault again and again, and counts. */
import type { Fault, Toll } from './fault.ts';
import type { Tally } from './page.ts';
import type { Site } from './site.ts';

export interface Injecting {
  readonly times: number;
  /** Says of each injection that was not as it should be. */
  readonly say: (text: string) => void;
  /** Aborted: no further one. */
  readonly signal?: AbortSignal;
}

export async function injectAll(fault: Fault, site: Site, { times, say, signal }: Injecting): Promise<Tally> {
  const skipped = fault.whyNot?.() ?? null;
  const tolls: Toll[] = [];
  const trouble: string[] = [];
  const of = skipped === null ? Math.min(times, fault.most ?? times) : 0;
  for (let index = 0; index < of && signal?.aborted !== true; index++) {
    try {
      const toll = await fault.inject(site, { index, of });
      tolls.push(toll);
      if (toll.lost > 0 || toll.doubled > 0 || !toll.equal) say(`${fault.name} ${index + 1}: ${JSON.stringify(toll)}`);
    } catch (thrown) {
      const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      trouble.push(why);
      say(`${fault.name} ${index + 1}: ${why}`);
    } finally {
      await site.clear();
    }
  }
  return { fault, tolls, trouble, skipped };
}
