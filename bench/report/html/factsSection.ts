/** What holds for the run as a whole: claims, warnings, what failed, how to do it again, every parameter. */
import { crossingText, untilCiSentence } from '../closing.ts';
import { count } from '../units.ts';
import type { ReportContext } from './context.ts';
import { escapeHtml } from './escape.ts';
import { textTable } from './shell.ts';

/** Warnings, crossed thresholds and cells that failed, as HTML; '' where there is nothing of it. */
export function troubleSection({ run }: ReportContext): string {
  const parts: string[] = [];
  if (run.failed.length > 0) {
    const items = run.failed.map(({ workload, strategy, seed, error }) =>
      escapeHtml(`${workload}/${strategy}, seed ${seed}: ${error.name}: ${error.message}`),
    );
    parts.push(`<h3>Cells that failed</h3>${list(items)}`);
  }
  const sentences = [
    ...run.crossed.map(crossingText),
    ...run.warnings.map(({ workload, strategy, message }) => {
      const place = [workload, strategy].filter((name) => name !== null).join('/');
      return place === '' ? message : `${place}: ${message}`;
    }),
    ...(run.untilCi === null ? [] : [untilCiSentence(run.untilCi)]),
  ];
  if (sentences.length > 0) parts.push(list(sentences.map(escapeHtml)));
  return parts.join('\n');
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
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

/** How to do it again, and every parameter, as HTML. */
export function factsSection({ run }: ReportContext): string {
  const { manifest, digest } = run;
  const seeds = [...new Set(run.lines.map(({ seed }) => seed))].sort((a, b) => a - b);
  const facts: (readonly [string, string])[] = [
    ['version', `cma-stress ${manifest.tool}`],
    ['model', manifest.model],
    ['digest of the results', digest],
    ['seeds', seeds.join(', ')],
    ['strategies', manifest.strategies.join(', ')],
    ...(manifest.plugins ?? []).map(({ name, file, hash }) => [`plug-in ${name}`, `${file}, sha256 ${hash}`] as const),
    ['cells', `${run.lines.length}, of which ${run.failed.length} failed`],
    ...(manifest.auditEveryNs === 0
      ? []
      : [['invariants checked', `every ${manifest.auditEveryNs / 1e9} s of simulated time`] as const]),
    ...(manifest.failIf.length === 0 ? [] : [['thresholds', manifest.failIf.join('; ')] as const]),
  ];
  const items = facts.map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`);
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
<pre class="scroll command" tabindex="0" role="group" aria-label="command">${escapeHtml(manifest.reproduce)}</pre>
<dl>${items.join('')}</dl>
${workloads.join('\n')}`;
}
