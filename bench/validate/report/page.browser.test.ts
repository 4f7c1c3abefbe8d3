/** The page of `validate --out` in Chromium. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { command } from '../../testing/command.ts';
import { ownPageTests } from '../../testing/page.ts';
import { echoModel, tinyRecord } from '../testing.ts';

const RECORDINGS = fileURLToPath(new URL('../../../../workloads/recordings', import.meta.url));
/** A load with repeats, a script, costs. */
const SHIPPED = /^(?:heavy_s20_p1000_r\d|det_gdet_r3|cost_r0)/;
const HOSTILE = `"><img src=x onerror=alert(1)><script>alert('&lt;')</script></title></style>${'long'.repeat(20)}`;

const { browserTest, open } = ownPageTests(async (directory) => {
  const files = readdirSync(RECORDINGS)
    .filter((name) => SHIPPED.test(name))
    .map((name) => join(RECORDINGS, name));
  const hostile = join(directory, 'hostile.json');
  writeFileSync(
    hostile,
    JSON.stringify(tinyRecord({ name: HOSTILE, params: { scen: 'fork_heavy', mb: '4', seed: '1' } })),
  );
  files.push(hostile);
  const model = join(directory, 'model.mjs');
  // A little off, so that there are rows that disagree; one run breaks down, with a name to escape.
  const change = `if (seed === 7) throw new TypeError('<b>no</b>');
    if (record.ksm_before) record.ksm_before.pages_shared *= 1.2;
    for (const look of record.occupancy) look.ksm_maps *= 2;`;
  writeFileSync(model, echoModel(files, change));
  const words = ['validate', ...files, '--model', model, '--threads', '1', '--out', 'out'];
  const { code, stderr } = await command(words, directory);
  assert.is(code, 4, stderr);
  return pathToFileURL(join(directory, 'out', 'validation.html')).href;
});

browserTest('renders without a complaint, and asks for nothing but itself', async () => {
  const { page, complaints, requests, ask } = await open();
  assert.equal([...complaints], []);
  assert.equal([...requests], [page.url()]);
  assert.match(await page.title(), /the model against recordings/);
  const plots = await ask<{ width: number; height: number; marks: number }[]>(
    `[...document.querySelectorAll('svg')].map((svg) => ({ ...svg.getBoundingClientRect().toJSON(), marks: svg.querySelectorAll('path').length }))`,
  );
  assert.ok(plots.length > 30, String(plots.length));
  for (const { width, height, marks } of plots) assert.ok(width > 200 && height > 150 && marks > 0);
  await page.close();
});

browserTest('every plot is an image with a text that says what it shows', async () => {
  const { page, ask } = await open();
  const plots = await page.getByRole('img').count();
  assert.is(plots, await ask('document.querySelectorAll("svg").length'));
  assert.is(
    await page.getByRole('img', { name: /, \d+ of \d+ points agree$|over time, recorded and modelled$/ }).count(),
    plots,
  );
  await page.close();
});

browserTest('what a name holds is text', async () => {
  const { page, ask } = await open();
  const text = await ask<string>('document.body.textContent');
  assert.ok(text.includes(HOSTILE));
  assert.ok(text.includes('TypeError: <b>no</b>'));
  assert.is(await ask('document.querySelectorAll("script, img, b, [onerror]").length'), 0);
  await page.close();
});

test.run();
