/** What is generated in the pages of docs/reference, part by part; the rest of the pages is written by hand. */
import { formatsPart, runFilesPart } from './formats.ts';
import { cellMetricsPart, lineMetricsPart, summaryMetricsPart } from './metricsPage.ts';
import { costsPart } from './costsPage.ts';
import { devicesPart, kernelsPart } from './profilesPage.ts';
import { KEY_SECTIONS, keysPart } from './workloadKeys.ts';

export interface Part {
  /** Path from the top of the repository. */
  readonly file: string;
  /** What the comments around it say. */
  readonly name: string;
  readonly text: () => string;
}

const part = (page: string, name: string, text: () => string): Part => ({
  file: `docs/reference/${page}.md`,
  name: `handbook ${name}`,
  text,
});

export const PARTS: readonly Part[] = [
  ...KEY_SECTIONS.map((name) => part('workload-file', `keys ${name}`, () => keysPart(name))),
  part('metrics', 'cell', cellMetricsPart),
  part('metrics', 'summary', summaryMetricsPart),
  part('results', 'files', runFilesPart),
  part('results', 'line', lineMetricsPart),
  part('results', 'formats', formatsPart),
  part('cost-profiles', 'costs', costsPart),
  part('profiles', 'kernels', kernelsPart),
  part('profiles', 'devices', devicesPart),
];
