/**
 * A run as a mail to linux-mm: plain ASCII, 75 columns, no tabs; the claim first, then what was run, a part a workload,
 * and how to do it again. Nothing in it depends on where or when it was written.
 */
import { PAGES_PER_MB } from '../../plan/units.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { baselineIn } from '../../stats/summarize.ts';
import type { SummaryEntry } from '../../stats/summarize.ts';
import { sum } from '../../stats/sums.ts';
import { confidence, seedCounts, troubleTexts, untilCiSentence, warningTexts } from '../closing.ts';
import { findings } from '../findings.ts';
import { headline } from '../headline.ts';
import { measuredText } from '../workloadWords.ts';
import { ascii, fill, underlined, WIDTH } from './ascii.ts';
import { nameForMail } from './names.ts';
import { shellLines } from './shell.ts';
import type { Side } from './side.ts';
import { workloadLines } from './workload.ts';

/** In front of the claim, so that nobody takes it for a measurement. */
const SUBJECT = '[model] ';

const AMEAN =
  'Amean is over all requests, its interval over seeds: requests of one seed share the life of a device, so they are not taken as independent.';

/** The mail; its first line is the subject. */
export function mailText(stored: StoredRun): string {
  const { run, legend } = nameForMail(stored);
  const { manifest, summary, cellsOf } = run;
  const lines = [
    `${SUBJECT}${headline(summary, WIDTH - SUBJECT.length)}`,
    '',
    ...fill(
      'This is a model of the kernel and of a device, not hardware: simulated processes, ksmd and CMA clients on simulated memory and time.',
      '',
    ),
    '',
    ...machineLines(run),
    ...(legend.length === 0 ? [] : ['', 'Names that are too long for a mail or not ASCII:']),
    ...legend.flatMap((line) => fill(`  ${line}`, '      ')),
  ];
  for (const workload of manifest.workloads) {
    const entries = summary.filter((entry) => entry.workload === workload.name);
    const sides = baselineFirst(entries).map((entry): Side => ({ entry, cells: cellsOf(entry) }));
    const shown = { ...workload, device: ascii(workload.device), kernel: ascii(workload.kernel) };
    if (sides.length > 0) lines.push('', ...workloadLines(shown, sides));
    else lines.push('', ...underlined(workload.name), 'No cell of this workload finished.');
  }
  lines.push('', ...readingLines(run, cellsOf), '', ...closingLines(run));
  return `${lines.join('\n')}\n`;
}

function baselineFirst(entries: readonly SummaryEntry[]): SummaryEntry[] {
  if (entries.length === 0) return [];
  const baseline = baselineIn(entries);
  return [baseline, ...entries.filter((entry) => entry !== baseline)];
}

function machineLines({ manifest, summary }: StoredRun): string[] {
  const field = (title: string, texts: readonly string[]): string[] =>
    [...new Set(texts)].flatMap((text, i) => fill(`${(i === 0 ? title : '').padEnd(12)}${text}`, ' '.repeat(12)));
  const { workloads, firstSeed } = manifest;
  const machines = workloads.map(({ device, description: { memory, cpus, hz, costs } }) => {
    const areas = sum(memory.cma, ({ pages }) => pages);
    return `${device}: ${megabytes(memory.frames)} MB, ${cpus} CPUs, ${megabytes(areas)} MB of CMA areas, HZ ${hz}, costs ${costs.name}`;
  });
  const baselines = new Set(summary.map(({ baseline }) => baseline));
  const strategies = manifest.strategies.map((name) => (baselines.has(name) ? `${name} (baseline)` : name));
  return [
    ...field('Tool', [`cma-stress ${manifest.tool}, model ${manifest.model}`]),
    ...field('Machine', machines),
    ...field(
      'Kernel',
      workloads.map(({ kernel }) => kernel),
    ),
    ...field('Workloads', [
      workloads.map((workload) => `${workload.name} (${measuredText(workload)} measured)`).join(', '),
    ]),
    ...field('Seeds', [
      `${seedCounts(summary)} of each workload and strategy, from ${firstSeed} on; the same for every strategy`,
    ]),
    ...field('Strategies', [strategies.join(', ')]),
  ];
}

function megabytes(pages: number): number {
  return Math.round(pages / PAGES_PER_MB);
}

function readingLines(run: StoredRun, cellsOf: (entry: SummaryEntry) => Side['cells']): string[] {
  const { summary, warnings, untilCi } = run;
  const doubts = [...warningTexts(warnings).map((text) => `warning: ${text}`), ...troubleTexts(run, cellsOf)];
  return [
    ...underlined('Reading'),
    ...findings(summary).flatMap((text) => fill(text)),
    ...fill(confidence(summary)),
    ...(summary.some(({ attempts }) => attempts > 0) ? fill(AMEAN) : []),
    ...(untilCi === null ? [] : fill(untilCiSentence(untilCi))),
    ...(doubts.length === 0 ? [] : ['', ...doubts.flatMap((text) => fill(text))]),
  ];
}

function closingLines({ manifest, digest }: StoredRun): string[] {
  const { tool, model } = manifest;
  return [
    ...fill(
      'Again: these are numbers of a model, not of hardware. It is deterministic, so the command below gives them again, to the bit, on any machine:',
      '',
    ),
    '',
    ...shellLines(manifest.reproduce),
    '',
    ...fill(`cma-stress ${tool}, model ${model}, digest of the results (SHA-256):`, ''),
    `  ${digest}`,
  ];
}
