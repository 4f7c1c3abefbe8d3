/** The page of a search in Chromium. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plugin } from '../../plugin/types.ts';
import { ownPageTests } from '../../testing/page.ts';
import { madeUpTuned, TYPICAL } from '../testing.ts';
import { tunePage } from './page.ts';

const HOSTILE = `"><img src=x onerror=alert(1)><script>alert('&lt;')</script></title></style>${'long'.repeat(20)}`;
const PLUGIN = { name: HOSTILE, file: HOSTILE, hash: HOSTILE } as Plugin;

const { browserTest, open } = ownPageTests(async (directory) => {
  const tuned = madeUpTuned({
    ...TYPICAL,
    publisher: HOSTILE,
    front: [{ pages: 2200, sleep: 700, failed: 3, p99: 120, more: { strategy: HOSTILE } }],
    others: [{ pages: 256, sleep: 1500, failed: 4, p99: 200, breaks: [HOSTILE] }],
    question: {
      workloads: ['<script>', HOSTILE],
      device: HOSTILE,
      kernel: HOSTILE,
      limits: [HOSTILE],
      reproduce: HOSTILE,
    },
  });
  const problems = [{ setting: tuned.tried[0].setting, message: HOSTILE }];
  const page = await tunePage({ ...tuned, problems, apply: [...tuned.apply, `# ${HOSTILE}`] }, [PLUGIN]);
  const file = join(directory, 'report.html');
  writeFileSync(file, page);
  return pathToFileURL(file).href;
});

browserTest('renders without a complaint, and asks for nothing but itself', async () => {
  const { page, complaints, requests, ask } = await open();
  assert.equal([...complaints], []);
  assert.equal([...requests], [page.url()]);
  assert.match(await page.title(), /^cma-stress: <script>, /);
  const plots = await ask<{ width: number; height: number; marks: number }[]>(
    `[...document.querySelectorAll('svg[role=img]')].map((svg) => ({ ...svg.getBoundingClientRect().toJSON(), marks: svg.querySelectorAll('path').length }))`,
  );
  assert.is(plots.length, 5);
  for (const { width, height, marks } of plots) assert.ok(width > 200 && height > 150 && marks > 0);
  await page.close();
});

browserTest('every plot is an image with a text that says what it shows', async () => {
  const { page, ask } = await open();
  const named = { name: /^failure rate against p99 latency, 7 settings: 100 \/ 500 ms 1.0 %|, 7 settings from / };
  assert.is(await page.getByRole('img', named).count(), 5);
  assert.is(await ask('document.querySelectorAll("svg:not([aria-hidden]):not([aria-label])").length'), 0);
  await page.close();
});

browserTest('a map has a point for each setting, and a colour for each level of its key', async () => {
  const { page, ask } = await open();
  const maps = await ask<{ points: number; fills: string[]; keys: string[] }[]>(
    `[...document.querySelectorAll('#maps .panels > div')].map((map) => {
      const points = [...map.querySelectorAll('.mark-symbol path')];
      return {
        points: points.length,
        fills: [...new Set(points.map((point) => getComputedStyle(point).fill))],
        keys: [...map.querySelectorAll('.key path')].map((swatch) => getComputedStyle(swatch).fill),
      };
    })`,
  );
  assert.is(maps.length, 4);
  for (const { points, fills, keys } of maps) {
    assert.is(points, 7);
    assert.ok(fills.length > 1 && fills.every((fill) => keys.includes(fill)), JSON.stringify({ fills, keys }));
    assert.is(new Set(keys).size, keys.length);
  }
  await page.close();
});

browserTest('what a name holds is text', async () => {
  const { page, ask } = await open();
  const text = await ask<string>('document.body.textContent');
  assert.ok(text.includes(HOSTILE));
  assert.is(text.split(HOSTILE).length > 8, true);
  assert.is(await ask('document.querySelectorAll("script, img, [onerror]").length'), 0);
  await page.close();
});

test.run();
