/** What holds for the run as a whole: claims, warnings, what failed, how to do it again, every parameter. */
import type { RunManifest } from '../../run/folder.ts';
import { seedsOf } from '../../run/rounds.ts';
import { troubleTexts, untilCiSentence, warningTexts } from '../closing.ts';
import { count } from '../units.ts';
import type { ReportContext } from './context.ts';
import { escapeHtml } from './escape.ts';
import { commandBlock, factList, textTable } from './shell.ts';

/** Kernel bugs, cells that failed, crossed thresholds and warnings, as HTML; '' where there is nothing of it. */
export function troubleSection({ run, cellsOf }: ReportContext): string {
  const texts = [
    ...troubleTexts(run, cellsOf),
    ...(run.untilCi === null ? [] : [untilCiSentence(run.untilCi)]),
    ...warningTexts(run.warnings),
  ];
  if (texts.length === 0) return '';
  return `<ul>${texts.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`;
}

/** What the strategies claim, as HTML. */
export function claimSection({ run }: ReportContext): string {
  if (run.claims.length === 0) return '<p>None of these strategies claims to remove a cause.</p>';
  const told = run.claims.map((claim) => [
    claim.workload,
    claim.strategy,
    claim.cause,
    claim.of === 'mappings' ? 'mappings that became unfindable' : 'pages in the way of failed requests',
    count(claim.baseline),
    count(claim.left),
    claim.verdict,
  ]);
  const columns = [
    { title: 'workload' },
    { title: 'strategy' },
    { title: 'cause' },
    { title: 'counted' },
    { title: 'under the baseline', isNumber: true },
    { title: 'left', isNumber: true },
    { title: 'claim' },
  ];
  return textTable('claims', columns, told);
}

/** The seeds of the workload that has most. */
function seedsText(manifest: RunManifest): string {
  const most = Math.max(...manifest.workloads.map((workload) => seedsOf(manifest, workload)));
  const { firstSeed } = manifest;
  return most === 1 ? `${firstSeed}` : `${firstSeed} to ${firstSeed + most - 1}`;
}

/** How to do it again, and every parameter, as HTML. */
export function factsSection({ run }: ReportContext): string {
  const { manifest, digest } = run;
  const facts: (readonly [string, string])[] = [
    ['version', `cma-stress ${manifest.tool}`],
    ['model', manifest.model],
    ['digest of the results', digest],
    ['seeds', seedsText(manifest)],
    ['strategies', manifest.strategies.join(', ')],
    ...(manifest.plugins ?? []).map(({ name, file, hash }) => [`plug-in ${name}`, `${file}, sha256 ${hash}`] as const),
    ['cells', `${run.count}, of which ${run.failed.length} failed`],
    ...(manifest.auditEveryNs === 0
      ? []
      : [['invariants checked', `every ${manifest.auditEveryNs / 1e9} s of simulated time`] as const]),
    ...(manifest.failIf.length === 0 ? [] : [['thresholds', manifest.failIf.join('; ')] as const]),
  ];
  const workloads = manifest.workloads.map((workload) => {
    const { name, about, device, kernel, settings, description } = workload;
    const knobs = Object.entries(settings).map(([key, value]) => [key, String(value)]);
    const rows = [['device', device], ['kernel', kernel], ...knobs];
    const table = textTable(`settings, ${name}`, [{ title: 'parameter' }, { title: 'value' }], rows);
    const all = escapeHtml(JSON.stringify(description, null, 1));
    return `<h3>${escapeHtml(name)}</h3><p class="about">${escapeHtml(about)}</p>${table}
<details class="aside"><summary>everything that describes the device and its load</summary><pre class="scroll" tabindex="0" role="group" aria-label="${escapeHtml(`description of ${name}`)}">${all}</pre></details>`;
  });
  return `<p>The same results come from</p>
${commandBlock(manifest.reproduce)}
${factList(facts)}
${workloads.join('\n')}`;
}
