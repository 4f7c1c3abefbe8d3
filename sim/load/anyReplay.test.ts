/** Any replay that a checked file can ask for: no invariant breaks, and those live at the end whom the events leave. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SECOND } from '../clock/units.ts';
import type { ReplayEvent } from '../description.ts';
import { runCell } from '../device.ts';
import { strategies } from '../strategies/index.ts';
import { cell, device, ended, replayOf, requested, started, written } from './testing.ts';
import type { World } from './world.ts';

const MS = SECOND / 1e3;
/** Processes that events start, alive at once. */
const MOST = 10;
const PARENT: Readonly<Record<string, string>> = { app: 'zygote', job: 'app' };
const SETTINGS = [{ run: 0 }, { run: 1 }, { run: 2 }, { pages_to_scan: 5 }, { sleep_millisecs: 100 }] as const;

/** One step of a recording that is made up: what is tried, of whom, and how long after the step before. */
interface Draw {
  readonly gapUs: number;
  readonly kind: 'start' | 'end' | 'request' | 'setting';
  readonly pick: number;
  readonly isNamed: boolean;
  readonly isKill: boolean;
}

const draw = fc.record<Draw>({
  // Half of them together, or nearly.
  gapUs: fc.oneof(fc.nat(2), fc.nat(60_000)),
  kind: fc.constantFrom('start', 'start', 'start', 'end', 'end', 'request', 'setting'),
  pick: fc.nat(1000),
  isNamed: fc.boolean(),
  isKill: fc.boolean(),
});

interface Member {
  readonly group: string;
  readonly name: string | null;
}

/** A valid replay made of draws, and how many processes of each group it leaves. */
function recordingOf(draws: readonly Draw[]): { events: ReplayEvent[]; left: Map<string, number> } {
  const events: ReplayEvent[] = [];
  let living: Member[] = ['zygote', 'app'].map((group) => ({ group, name: null }));
  let at = 0;
  for (const { gapUs, kind, pick, isNamed, isKill } of draws) {
    at += gapUs * 1000;
    if (kind === 'request') {
      events.push(requested(at, { client: `c${pick % 2}`, pages: 1 << (pick % 11), holdNs: (pick % 7) * 50 * MS }));
    } else if (kind === 'setting') {
      events.push(written(at, SETTINGS[pick % SETTINGS.length]));
    } else if (kind === 'start' && living.length < 2 + MOST) {
      const group = ['app', 'job', 'server'][pick % 3];
      const parents = living.filter((member) => member.group === PARENT[group]);
      if (group in PARENT && parents.length === 0) continue;
      const name = isNamed ? `p${events.length}` : null;
      const from = group in PARENT ? parents[pick % parents.length].name : null;
      events.push(started(at, group, { name, from, startupNs: (pick % 3) * 100 * MS }));
      living.push({ group, name });
    } else if (kind === 'end') {
      // The zygote stays: without it nothing goes on.
      const mortal = living.filter(({ group }) => group !== 'zygote');
      if (mortal.length === 0) continue;
      const { group, name } = mortal[pick % mortal.length];
      events.push(ended(at, name === null ? { oldestOf: group } : { name }, isKill ? 'kill' : 'exit'));
      const gone = living.findIndex((member) => member.group === group && member.name === name);
      living = living.filter((_, index) => index !== gone);
    }
  }
  const left = new Map<string, number>();
  for (const { group } of living) left.set(group, (left.get(group) ?? 0) + 1);
  return { events, left };
}

test('any replay keeps every invariant and leaves those whom its events leave', () => {
  fc.assert(
    fc.property(
      fc.array(draw, { minLength: 1, maxLength: 50 }),
      fc.constantFrom(...strategies.map(({ name }) => name)),
      fc.integer({ min: 1, max: 4 }),
      (draws, strategy, cpus) => {
        const { events, left } = recordingOf(draws);
        let world: World | null = null;
        const load = replayOf(events);
        const memory = { ...device(load).memory, lowmemorykiller: { adj: [], minfree: [] } };
        const durationNs = (events.at(-1)?.at ?? 0) + 4 * SECOND;
        const input = cell(device(load, { cpus, memory, warmupNs: SECOND / 10, durationNs }), {
          strategies: [strategy],
          auditEveryNs: SECOND / 20,
        });
        const seen = runCell(input, [], { built: (one) => (world = one) });
        const requests = events.filter(({ action }) => action === 'cma').length;
        assert.is(seen.attempts.length, requests);
        assert.is(seen.replay?.missed ?? 0, 0);
        assert.is(seen.migration.failedByCause.unknown, 0);
        const { processes, plans } = world as unknown as World;
        for (const { layout } of plans) {
          assert.is(processes.of(layout.index).length, left.get(layout.group.name) ?? 0, layout.group.name);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test.run();
