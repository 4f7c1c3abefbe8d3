/**
 * `npm run golden`: writes golden.json anew. Refuses to when a cell of the same input observes other things under the
 * same MODEL_VERSION: results of both would be mixed.
 */
import { writeFileSync } from 'node:fs';
import { MODEL_VERSION } from '../../../sim/index.ts';
import { EXIT } from '../../errors.ts';
import { GOLDEN_FILE, goldenCells, goldenOf, readGoldens, untold } from './golden.ts';

const cells = await goldenCells();
const now = Object.fromEntries([...cells].map(([name, cell]) => [name, goldenOf(cell)]));
const changed = untold(readGoldens(), now);
if (changed.length > 0) {
  const list = changed.map((name) => `  ${name}\n`).join('');
  process.stderr.write(
    `error: the same input gives other observations, but MODEL_VERSION is still ${MODEL_VERSION}: change it in sim/version.ts first\n${list}`,
  );
  process.exitCode = EXIT.checkFailed;
} else {
  writeFileSync(GOLDEN_FILE, `${JSON.stringify(now, null, 2)}\n`);
  process.stdout.write(`${cells.size} cells of ${MODEL_VERSION} in ${GOLDEN_FILE}\n`);
}
