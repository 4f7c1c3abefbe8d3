/** Started by `compiled.test.ts`: quick cells of two workloads one after the other, a line for each that is over. */
import { runCell } from '../../../sim/index.ts';
import { standardCells } from '../cells.ts';

const cells = [
  ...standardCells('fork-heavy', 4, { quick: true }),
  ...standardCells('zygote-launch', 8, { quick: true }),
];
for (const { input } of cells) {
  runCell(input);
  console.log('<cell over>');
}
