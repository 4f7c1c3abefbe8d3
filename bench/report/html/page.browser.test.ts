/** The report of a run in Chromium. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attemptsOf } from '../../run/attemptLog.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { ownPageTests } from '../../testing/page.ts';
import type { Opened } from '../../testing/page.ts';
import type { EmbeddedMaps } from './frameMapData.ts';
import { htmlReport } from './page.ts';
import { HOSTILE, hostileRun } from './testing.ts';

const OPTIONS = {
  threads: 2,
  signal: new AbortController().signal,
  progress: () => ({ step: () => undefined, stop: () => undefined }),
};

let run: StoredRun;
let html: string;

const { browserTest, open } = ownPageTests(async (directory) => {
  run = hostileRun(directory);
  html = await htmlReport(run, OPTIONS);
  const file = join(directory, 'report.html');
  writeFileSync(file, html);
  return pathToFileURL(file).href;
});

/** Pixels of the first picture, to tell whether it changed. */
const PICTURE = `(() => {
  const canvas = document.querySelector('#map-pictures canvas');
  return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].join();
})()`;
const EXPLAIN = 'document.getElementById("map-explain").textContent';
const TOLD = 'document.getElementById("map-told").textContent';

function embeddedMaps({ ask }: Opened): Promise<EmbeddedMaps> {
  return ask('JSON.parse(document.getElementById("frame-maps").textContent)');
}

browserTest('renders without a complaint, and asks for nothing but itself', async () => {
  const { page, complaints, requests, ask } = await open();
  assert.equal([...complaints], []);
  assert.equal([...requests], [page.url()]);
  const plots = await ask<{ width: number; height: number; marks: number }[]>(
    `[...document.querySelectorAll('figure svg')].map((svg) => ({ ...svg.getBoundingClientRect().toJSON(), marks: svg.querySelectorAll('path').length }))`,
  );
  assert.ok(plots.length > 10, String(plots.length));
  for (const { width, height, marks } of plots) assert.ok(width > 200 && height > 60 && marks > 0);
  assert.is(await page.locator('.verdict p').count(), 3);
  await page.close();
});

browserTest('every plot is an image with a text that says what it shows', async () => {
  const { page, ask } = await open();
  const unnamed = await ask<string[]>(
    `[...document.querySelectorAll('figure > svg, canvas')].filter((one) => one.getAttribute('role') !== 'img' || (one.getAttribute('aria-label') ?? '').length < 40).map((one) => one.outerHTML.slice(0, 80))`,
  );
  assert.equal(unnamed, []);
  await page.close();
});

browserTest('what a name holds is text', async () => {
  const { page, ask } = await open();
  const text = await ask<string>('document.body.textContent');
  assert.ok(text.includes(`${HOSTILE}: ${HOSTILE}`), 'the error of the failed cell');
  assert.ok((await ask<string>(TOLD)).includes(HOSTILE), 'the client of the failed request');
  assert.is(await page.title(), `cma-stress: ${HOSTILE}`);
  assert.is(await ask('document.querySelectorAll("img, b, [onerror]").length'), 0);
  assert.is(await ask('document.querySelectorAll("script").length'), 2);
  await page.close();
});

browserTest('the slider moves the picture, its text and its numbers', async () => {
  const { page, ask, complaints } = await open();
  const slider = page.getByRole('slider', { name: 'time' });
  const look = async () => ({ picture: await ask<string>(PICTURE), told: await ask<string>(TOLD) });
  await slider.focus();
  await page.keyboard.press('Home');
  const first = await look();
  await page.keyboard.press('End');
  const last = await look();
  assert.is.not(last.picture, first.picture);
  assert.is.not(last.told, first.told);
  const { maps } = await embeddedMaps(await open());
  const [{ moments }] = maps;
  assert.match(last.told, `At ${moments[moments.length - 1].at.toFixed(1)} s`);
  const shown = await ask<number[]>(
    `[...document.querySelectorAll('#map tr[id^="map-row"] td:nth-of-type(1)')].map((cell) => Number(cell.textContent.replaceAll(',', '')))`,
  );
  assert.equal(shown, moments[moments.length - 1].counts[0]);
  assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /moment \d+ of \d+/);
  // Chromium has an opinion on how the test reads pixels.
  assert.equal(
    complaints.filter((text) => !text.startsWith('Canvas2D:')),
    [],
  );
  await page.close();
});

browserTest('a failed request shows its pages in the way: framed, counted and listed', async () => {
  const opened = await open();
  const { page, ask } = opened;
  const { maps, kinds } = await embeddedMaps(opened);
  const [{ failures, spaces }] = maps;
  const worst = run
    .cellsOf(run.groups.find(({ strategy }) => strategy === 'stock')!)
    .reduce((most, cell) => (cell.cma.failures > most.cma.failures ? cell : most));
  const failed = attemptsOf(worst.attemptLog).filter(({ errno }) => errno !== 0);
  assert.ok(failed.length > 1, 'requests of this load fail');
  assert.is(failures.length, failed.length);
  for (const [i, { number, blocked }] of failed.entries()) {
    const pages = Object.values(blocked).reduce((sum, count) => sum + count, 0);
    await page.getByRole('combobox', { name: 'failed request' }).selectOption(String(i));
    assert.match(await ask(TOLD), `Request ${number}, by `);
    assert.match(await ask(EXPLAIN), /^cma-stress explain RUN --cell '.*\/stock\/\d' --attempt /);
    assert.match(await ask(EXPLAIN), new RegExp(`--attempt ${number}$`));
    const listed = await ask<string[][]>(
      `[...document.querySelectorAll('#map-blockers tr')].map((row) => [...row.cells].map((cell) => cell.textContent))`,
    );
    assert.is(listed.length, pages);
    assert.equal(
      listed.map(([pfn, , cause, kind]) => [Number(pfn.replaceAll(',', '')), cause, kind]),
      failures[i].blockers.map(([pfn, cause, kind]) => [pfn, cause, kinds[kind].title]),
    );
    // The frame around the first of them is of ink, as that of no other cell is.
    const ringed = await ask<boolean>(ringAt(failures[i].blockers[0][0] - spaces[0].first));
    assert.ok(ringed, `request ${number}: the first page in the way is framed`);
  }
  await page.getByRole('combobox', { name: 'failed request' }).selectOption('');
  assert.not.match(await ask<string>(TOLD), 'Request');
  assert.match(await ask(EXPLAIN), /--worst$/);
  assert.is(await page.locator('#map-blocked').isVisible(), false);
  await page.close();
});

/** Whether the pixel left of a cell's middle, outside of the cell, has the colour of the page's ink. */
function ringAt(cell: number): string {
  return `(() => {
    const canvas = document.querySelector('#map-pictures canvas');
    const columns = [32, 64, 128, 256].find((some) => Math.ceil(4096 / some) * (canvas.width / some) === canvas.height);
    const size = canvas.width / columns;
    const x = (${cell} % columns) * size;
    const y = Math.floor(${cell} / columns) * size + Math.floor(size / 2);
    const found = [-1, 0, 1].flatMap((by) => [...canvas.getContext('2d').getImageData(Math.max(0, x + by), y, 1, 1).data.slice(0, 3)]);
    const ink = getComputedStyle(document.body).color.match(/\\d+/g).map(Number);
    return [0, 3, 6].some((from) => ink.every((part, i) => Math.abs(part - found[from + i]) < 60));
  })()`;
}

browserTest('another cell has its own picture and its own failed requests', async () => {
  const opened = await open();
  const { page, ask } = opened;
  const { maps } = await embeddedMaps(opened);
  assert.is(maps.length, 2);
  const before = await ask<string>(PICTURE);
  await page.getByRole('combobox', { name: 'cell' }).selectOption('1');
  assert.is.not(await ask(PICTURE), before);
  const choices = await page.getByRole('combobox', { name: 'failed request' }).locator('option').count();
  assert.is(choices, 1 + maps[1].failures.length);
  await page.close();
});

browserTest('pointer and arrow keys say which frame it is', async () => {
  const opened = await open();
  const { page } = opened;
  const { maps } = await embeddedMaps(opened);
  const [{ first }] = maps[0].spaces;
  const canvas = page.locator('#map-pictures canvas').first();
  const told = page.locator('#map-frame');
  await canvas.focus();
  await page.keyboard.press('ArrowRight');
  assert.match(await told.innerText(), `Frame ${first.toLocaleString('en-US')}, pageblock`);
  await page.keyboard.press('ArrowRight');
  assert.match(await told.innerText(), `Frame ${(first + 1).toLocaleString('en-US')}, `);
  await canvas.hover({ position: { x: 2, y: 2 } });
  assert.match(await told.innerText(), `Frame ${first.toLocaleString('en-US')}, `);
  await page.close();
});

browserTest('play moves on and stops at the end; with reduced motion there is no such button', async () => {
  const { page, ask } = await open();
  await ask(`(() => {
    const slider = document.getElementById('map-time');
    slider.value = String(Number(slider.max) - 2);
    slider.dispatchEvent(new Event('input'));
  })()`);
  await page.getByRole('button', { name: 'play' }).click();
  assert.is(await page.getByRole('button', { name: 'pause' }).count(), 1);
  await page.getByRole('button', { name: 'play' }).waitFor({ timeout: 10_000 });
  assert.ok(await ask('document.getElementById("map-time").value === document.getElementById("map-time").max'));
  await page.close();
  const still = await open({ reducedMotion: 'reduce' });
  assert.is(await still.page.locator('#map-play').isVisible(), false);
  await still.page.close();
});

browserTest('without scripts there is one picture with its table, and no control', async () => {
  const { page, complaints } = await open({ javaScriptEnabled: false });
  assert.equal([...complaints], []);
  assert.is(await page.locator('#map').isVisible(), false);
  const picture = page.locator('#map-static svg.frames');
  assert.ok(await picture.isVisible());
  assert.match((await picture.getAttribute('aria-label')) ?? '', /anonymous [\d,]+/);
  assert.ok((await page.locator('#map-static table').count()) >= 1);
  await page.close();
});

browserTest('on paper there are no controls, and paper is white', async () => {
  const { page, ask } = await open({ colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const control of ['#map-play', '#map-time', '#map-cell', 'nav', '.skip']) {
    assert.is(await page.locator(control).isVisible(), false, control);
  }
  assert.ok(await page.locator('#map-pictures canvas').first().isVisible());
  assert.is(await ask('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
  await page.close();
});

browserTest('the keyboard begins at a link to the verdict', async () => {
  const { page, ask } = await open();
  await page.keyboard.press('Tab');
  assert.is(await ask('document.querySelector(":focus-visible").textContent'), 'to the verdict');
  await page.close();
});

browserTest(
  'the same run gives the same bytes, wherever it lies; of another model it has no frame map, and says so',
  async () => {
    assert.is(await htmlReport({ ...run, path: '/elsewhere' }, OPTIONS), html);
    const older = await htmlReport({ ...run, manifest: { ...run.manifest, model: '0123456789abcdef' } }, OPTIONS);
    assert.match(older, 'There is no frame map');
    assert.match(older, 'model 0123456789abcdef');
    assert.not.match(older, '<script');
  },
);

test.run();
