/** A trace as speedscope reads it, an importer that is not ours: tracks and spans are those that were told. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pageTests } from '../testing/page.ts';
import { GROUPS } from './groups.ts';
import { checkTraceEvents, failingCell, traceText } from './testing.ts';
import type { Checked, JsonEvent } from './testing.ts';

/** What speedscope saves of the parts that are looked at. */
interface Saved {
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly {
    readonly name: string;
    readonly unit: string;
    readonly events: readonly { readonly type: 'O' | 'C'; readonly frame: number; readonly at: number }[];
  }[];
}

/** Arrows lead to spans that take no time, of which speedscope makes no sense. */
const UNDERSTOOD = GROUPS.filter((group) => group !== 'flow');

/** ns in spans of one name at one depth: of equal spans side by side speedscope makes one. */
type Times = Map<string, number>;

function add(times: Times, name: string, depth: number, ns: number): void {
  const span = `${name} at depth ${depth}`;
  times.set(span, (times.get(span) ?? 0) + ns);
}

let checked: Checked;

const { browserTest, open } = pageTests(async (directory) => {
  const { text } = await traceText(failingCell(), 'perfetto', { groups: UNDERSTOOD });
  checked = checkTraceEvents((JSON.parse(text) as { traceEvents: JsonEvent[] }).traceEvents);
  // As its own command line hands it a file.
  const script = join(directory, 'trace.js');
  const base64 = Buffer.from(text).toString('base64');
  writeFileSync(script, `speedscope.loadFileFromBase64('trace.json', '${base64}')`);
  const home = dirname(createRequire(import.meta.url).resolve('speedscope/package.json'));
  return `${pathToFileURL(join(home, 'dist/release/index.html')).href}#localProfilePath=${script}`;
});

browserTest('speedscope reads every track and span', async () => {
  const { page, complaints, requests } = await open();
  await page.waitForFunction("document.title.startsWith('trace.json')");
  const download = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  const { shared, profiles } = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as Saved;
  await page.close();

  assert.ok(requests.every((url) => url.startsWith('file:')));
  const lost = complaints.filter((text) => /Doing nothing|still open|stack was empty/.test(text));
  assert.equal(lost, [], 'spans that it lost');
  const told = new Map<number, Times>();
  for (const { tid, name, depth, begin, end } of checked.spans) {
    const times: Times = told.get(tid) ?? new Map<string, number>();
    told.set(tid, times);
    add(times, name, depth, end - begin);
  }
  assert.is(profiles.length, told.size);
  for (const { name, unit, events } of profiles) {
    assert.is(unit, 'microseconds');
    const [, track, tid] = /^[^,]+ \(pid \d+\), (.+) \(tid (\d+)\)$/.exec(name)!;
    assert.is(track, checked.names.get(Number(tid)));
    const times: Times = new Map();
    const stack: number[] = [];
    for (const { type, frame, at } of events) {
      if (type === 'O') stack.push(at);
      else {
        const began = stack.pop()!;
        add(times, shared.frames[frame].name.replace(/ \{.*\}$/s, ''), stack.length, (at - began) * 1e3);
      }
    }
    const rounded = [...times].map(([span, ns]): [string, number] => [span, Math.round(ns)]);
    assert.equal(rounded.sort(), [...told.get(Number(tid))!].sort(), track);
  }
});

test.run();
